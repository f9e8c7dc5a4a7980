"""ABCI 2.0 requests in terms of the application; nothing here decides anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cybermiles.chain.abci.wire.tendermint.abci import types_pb2 as wire
from cybermiles.chain.abci.wire.tendermint.crypto import proof_pb2
from cybermiles.chain.application import APP_VERSION, VERSION, Application
from cybermiles.chain.blocks import BlockInput, Misbehavior, Vote
from cybermiles.chain.genesis import Genesis
from cybermiles.platform import LedgerError

NANO = 10**9
FINALIZE_FIELD = wire.Response.DESCRIPTOR.fields_by_name["finalize_block"].number


class AbciService:
    """Answers requests of one CometBFT node."""

    def __init__(self, application: Application) -> None:
        self._app = application
        self._answers: dict[str, Callable[[Any], bytes]] = {
            "echo": self._echo,
            "flush": self._flush,
            "info": self._info,
            "init_chain": self._init_chain,
            "query": self._query,
            "prepare_proposal": self._prepare_proposal,
            "process_proposal": self._process_proposal,
            "extend_vote": self._extend_vote,
            "verify_vote_extension": self._verify_vote_extension,
            "finalize_block": self._finalize_block,
            "commit": self._commit,
            "list_snapshots": self._list_snapshots,
            "offer_snapshot": self._offer_snapshot,
            "load_snapshot_chunk": self._load_snapshot_chunk,
            "apply_snapshot_chunk": self._apply_snapshot_chunk,
        }
        self._plain_ok: dict[int, bytes] = {}

    def check_txs(self, txs: list[bytes], recheck: bool) -> list[bytes]:
        """One `Response` a transaction; the common case, accepted, is serialised once for each gas limit."""
        return [self._check_response(verdict) for verdict in self._app.check_txs(txs, recheck=recheck)]

    def answer(self, kind: str, request: wire.Request) -> bytes:
        """The serialised response to any request but CheckTx."""
        return self._answers[kind](getattr(request, kind))

    def _check_response(self, verdict: dict[str, Any]) -> bytes:
        gas = verdict["gas_limit"]
        if verdict["code"] == 0 and gas in self._plain_ok:
            return self._plain_ok[gas]
        response = wire.Response(
            check_tx=wire.ResponseCheckTx(
                code=verdict["code"],
                codespace=verdict["codespace"],
                log=f"{verdict['error']}: {verdict['message']}" if verdict["code"] else "",
                gas_wanted=gas,
            )
        ).SerializeToString()
        if verdict["code"] == 0 and len(self._plain_ok) < 1_000:
            self._plain_ok[gas] = response
        return response

    def _echo(self, request: wire.RequestEcho) -> bytes:
        return wire.Response(echo=wire.ResponseEcho(message=request.message)).SerializeToString()

    def _flush(self, _: wire.RequestFlush) -> bytes:
        return wire.Response(flush=wire.ResponseFlush()).SerializeToString()

    def _info(self, _: wire.RequestInfo) -> bytes:
        info = self._app.info()
        response = wire.ResponseInfo(
            data="cybermiles",
            version=VERSION,
            app_version=APP_VERSION,
            last_block_height=info["height"],
            last_block_app_hash=info["app_hash"] if info["height"] else b"",
        )
        return wire.Response(info=response).SerializeToString()

    def _init_chain(self, request: wire.RequestInitChain) -> bytes:
        state = json.loads(request.app_state_bytes or b"{}")
        validators = [(v.pub_key.ed25519, v.power) for v in request.validators]
        genesis = Genesis.from_app_state(request.chain_id, _nanoseconds(request.time), state, validators)
        app_hash = self._app.init_chain(genesis)
        response = wire.ResponseInitChain(app_hash=app_hash)
        response.consensus_params.version.app = APP_VERSION
        return wire.Response(init_chain=response).SerializeToString()

    def _prepare_proposal(self, request: wire.RequestPrepareProposal) -> bytes:
        txs = self._app.prepare_proposal(list(request.txs), request.max_tx_bytes)
        return wire.Response(prepare_proposal=wire.ResponsePrepareProposal(txs=txs)).SerializeToString()

    def _process_proposal(self, request: wire.RequestProcessProposal) -> bytes:
        status = wire.ResponseProcessProposal.ProposalStatus
        verdict = status.ACCEPT if self._app.process_proposal(list(request.txs)) else status.REJECT
        return wire.Response(process_proposal=wire.ResponseProcessProposal(status=verdict)).SerializeToString()

    def _extend_vote(self, _: wire.RequestExtendVote) -> bytes:
        return wire.Response(extend_vote=wire.ResponseExtendVote()).SerializeToString()

    def _verify_vote_extension(self, request: wire.RequestVerifyVoteExtension) -> bytes:
        status = wire.ResponseVerifyVoteExtension.VerifyStatus
        verdict = status.REJECT if request.vote_extension else status.ACCEPT
        response = wire.ResponseVerifyVoteExtension(status=verdict)
        return wire.Response(verify_vote_extension=response).SerializeToString()

    def _finalize_block(self, request: wire.RequestFinalizeBlock) -> bytes:
        result = self._app.finalize_block(
            request.height,
            _nanoseconds(request.time),
            request.proposer_address,
            list(request.txs),
            _block_input(request),
        )
        rest = wire.ResponseFinalizeBlock(app_hash=result.app_hash)
        for key, power in result.validator_updates:
            rest.validator_updates.add(power=power).pub_key.ed25519 = key
        body = result.abci_tx_results() + rest.SerializeToString()
        return _field(FINALIZE_FIELD, body)

    def _commit(self, _: wire.RequestCommit) -> bytes:
        self._app.commit()
        return wire.Response(commit=wire.ResponseCommit(retain_height=0)).SerializeToString()

    def _query(self, request: wire.RequestQuery) -> bytes:
        """Path `/state`: the value of the key `data` at a height, with its proof on request."""
        if request.path != "/state":
            response = wire.ResponseQuery(code=1, codespace="query", log=f"unknown path `{request.path[:100]}`")
            return wire.Response(query=response).SerializeToString()
        height = request.height or None
        try:
            value, proof, at = self._app.ledger.prove(request.data, height)
        except LedgerError as refused:
            response = wire.ResponseQuery(code=2, codespace="query", log=f"{refused.code}: {refused}")
            return wire.Response(query=response).SerializeToString()
        response = wire.ResponseQuery(key=request.data, value=value or b"", height=at)
        if request.prove:
            operation = proof_pb2.ProofOp(type="cybermiles:smt", key=request.data, data=proof)
            response.proof_ops.ops.append(operation)
        return wire.Response(query=response).SerializeToString()

    def _list_snapshots(self, _: wire.RequestListSnapshots) -> bytes:
        return wire.Response(list_snapshots=wire.ResponseListSnapshots()).SerializeToString()

    def _offer_snapshot(self, _: wire.RequestOfferSnapshot) -> bytes:
        """State sync is not served by this version: every offer is refused as the protocol provides."""
        result = wire.ResponseOfferSnapshot(result=wire.ResponseOfferSnapshot.Result.REJECT_FORMAT)
        return wire.Response(offer_snapshot=result).SerializeToString()

    def _load_snapshot_chunk(self, _: wire.RequestLoadSnapshotChunk) -> bytes:
        return wire.Response(load_snapshot_chunk=wire.ResponseLoadSnapshotChunk()).SerializeToString()

    def _apply_snapshot_chunk(self, _: wire.RequestApplySnapshotChunk) -> bytes:
        result = wire.ResponseApplySnapshotChunk(result=wire.ResponseApplySnapshotChunk.Result.ABORT)
        return wire.Response(apply_snapshot_chunk=result).SerializeToString()


MISBEHAVIOR = {1: "duplicate-vote", 2: "light-client-attack"}
ABSENT = 1
"""CometBFT's flag of a validator whose vote is not in the commit; one that voted for nil did sign."""


def _block_input(request: wire.RequestFinalizeBlock) -> BlockInput:
    return BlockInput(
        tuple(
            Vote(vote.validator.address, vote.validator.power, vote.block_id_flag != ABSENT)
            for vote in request.decided_last_commit.votes
        ),
        tuple(
            Misbehavior(MISBEHAVIOR.get(m.type, "unknown"), m.validator.address, m.height, _nanoseconds(m.time))
            for m in request.misbehavior
        ),
    )


def _nanoseconds(time: Any) -> int:
    return int(time.seconds) * NANO + int(time.nanos)


def _field(number: int, body: bytes) -> bytes:
    """A length-delimited protobuf field."""
    out = bytearray(_varint(number << 3 | 2))
    out += _varint(len(body))
    out += body
    return bytes(out)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
