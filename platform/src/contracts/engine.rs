//! Deploy, instantiate, call: the same for the chain and the sandbox.
use rustc_hash::FxHashSet;

use super::address::{self, sha256, Address, Hash};
use super::bank;
use super::cache::{Cache, Unit};
use super::err::{self, Failure};
use super::host::{ContractHost, Event, Transfer};
use super::kv::{self, Kv};
use super::records::{Instance, ModuleInfo};
use crate::module::schema::{self, SchemaError};
use crate::module::{Endpoint, TypeRef};
use crate::value::{Data, DateTime};
use crate::vm::gas::{self, Gas};
use crate::vm::halt::Place;
use crate::vm::{Halt, Machine, Value};

/// Bytes of a module's encoding.
pub const MAX_MODULE: usize = 512 << 10;
/// Bytes of an instance's encoded record, parameters included.
pub const MAX_INSTANCE: usize = 64 << 10;

/// What one transaction's contract work happens in.
pub struct Scope<'a> {
    pub kv: &'a mut dyn Kv,
    pub cache: &'a Cache,
    pub now: DateTime,
    pub height: u64,
    /// Contracts that wait for another, and the one at work.
    pub calls: &'a mut Vec<Address>,
    /// Modules loaded in this transaction: their loading is paid.
    pub touched: &'a mut FxHashSet<Hash>,
    pub events: &'a mut Vec<Event>,
    pub transfers: &'a mut Vec<Transfer>,
    /// What `print` wrote.
    pub output: &'a mut Vec<String>,
    /// Where a call that halted stopped.
    pub place: &'a mut Option<Place>,
    /// What rule sessions did, if somebody wants to know.
    pub trace: Option<&'a mut Trace>,
}

/// The facts that rules saw and what fired on them. Facts of several sessions are numbered on.
#[derive(Default)]
pub struct Trace {
    pub facts: Vec<(u32, Data)>,
    pub fired: Vec<(String, Vec<u32>)>,
}

impl Trace {
    fn add(&mut self, machine: &Machine) {
        let mut before = self.facts.iter().map(|(id, _)| *id).max().unwrap_or(0);
        for session in machine.traced() {
            let fired = session.fired.into_iter();
            self.fired
                .extend(fired.map(|(rule, ids)| (rule, ids.iter().map(|id| before + id.0).collect())));
            let facts = session.facts.iter().filter_map(|(id, object)| {
                let data = machine.heap.export(Value::Obj(*object)).ok()?;
                Some((before + id.0, data))
            });
            self.facts.extend(facts);
            before = self.facts.iter().map(|(id, _)| *id).max().unwrap_or(before);
        }
    }
}

/// A request to run an endpoint.
pub struct Call<'a> {
    pub contract: Address,
    pub endpoint: &'a str,
    pub args: &'a Data,
    pub sender: Address,
    pub funds: u128,
}

/// Checks a module and stores it under its hash. Deploying one that is there already is an error, so that nobody pays
/// for nothing.
pub fn deploy(
    scope: &mut Scope<'_>,
    gas: &mut Gas,
    creator: &Address,
    code: &[u8],
    archive: Option<Hash>,
) -> Result<Hash, Failure> {
    gas.charge(gas::DEPLOY + gas::DEPLOY_BYTE * code.len() as u64)?;
    if code.len() > MAX_MODULE {
        let message = format!("the module has {} bytes; {MAX_MODULE} are allowed", code.len());
        return Err(Failure::new(err::ADMISSION, message));
    }
    let hash = sha256(code);
    if scope.kv.get(&kv::module_info(&hash)).is_some() {
        return Err(Failure::new(
            err::ALREADY_DEPLOYED,
            "a module of this hash was deployed before",
        ));
    }
    Unit::load(code).map_err(|message| Failure::new(err::ADMISSION, message))?;
    let info = ModuleInfo {
        creator: *creator,
        height: scope.height,
        size: code.len() as u64,
        archive,
        template: None,
    };
    scope.kv.set(&kv::module_code(&hash), code);
    scope.kv.set(&kv::module_info(&hash), &info.encode());
    Ok(hash)
}

pub fn module_info(kv: &mut dyn Kv, hash: &Hash) -> Option<ModuleInfo> {
    kv.get(&kv::module_info(hash))
        .and_then(|bytes| ModuleInfo::decode(&bytes))
}

/// Binds parameters and gives the contract an address and its first funds.
pub fn instantiate(
    scope: &mut Scope<'_>,
    gas: &mut Gas,
    creator: &Address,
    module: &Hash,
    parameters: &Data,
    funds: u128,
    salt: &[u8],
) -> Result<Address, Failure> {
    gas.charge(gas::INSTANTIATE + gas::STATE_READ)?;
    let info = module_info(scope.kv, module)
        .ok_or_else(|| Failure::new(err::UNKNOWN_MODULE, format!("no module `{}` was deployed", hex(module))))?;
    if let Some(template) = &info.template {
        gas.charge(gas::STATE_READ)?;
        if scope.kv.get(&kv::licence(template, creator)).is_none() {
            let message = format!(
                "the module is sold as `{template}` and `{}` has no licence of it",
                address::text(creator)
            );
            return Err(Failure::new(err::NO_LICENCE, message));
        }
    }
    let unit = load(scope, gas, module, info.size)?;
    let parameters = match schema::bind(&unit.program.module.parameters, parameters) {
        Ok(Data::Record(entries)) => entries,
        Ok(_) => Vec::new(),
        Err(error) => return Err(Failure::new(err::BAD_PARAMETER, parameter_message(error))),
    };
    let address = address::of_contract(creator, salt);
    let instance = Instance {
        module: *module,
        size: info.size,
        creator: *creator,
        height: scope.height,
        parameters,
    };
    let record = instance.encode();
    gas.charge(gas::STATE_WRITE_BYTE * record.len() as u64)?;
    if record.len() > MAX_INSTANCE {
        let message = format!("the parameters have {} bytes; {MAX_INSTANCE} are allowed", record.len());
        return Err(Failure::new(err::BAD_PARAMETER, message));
    }
    scope.kv.set(&kv::contract(&address), &record);
    fund(scope, gas, creator, &address, funds)?;
    Ok(address)
}

fn parameter_message(SchemaError { place, message }: SchemaError) -> String {
    match place.strip_prefix('.') {
        Some(name) => format!("parameter `{name}`: {message}"),
        None => message,
    }
}

/// Runs an endpoint. On failure what was written so far is the caller's to take back.
pub fn call(scope: &mut Scope<'_>, gas: &mut Gas, request: &Call<'_>) -> Result<Data, Failure> {
    *scope.place = None;
    gas.charge(gas::STATE_READ)?;
    let unknown = || {
        let message = format!("no contract lives at `{}`", address::text(&request.contract));
        Failure::new(err::UNKNOWN_CONTRACT, message)
    };
    let record = scope.kv.get(&kv::contract(&request.contract)).ok_or_else(unknown)?;
    gas.charge(gas::STATE_READ_BYTE * record.len() as u64)?;
    let instance = scope.cache.instance(&request.contract, &record).ok_or_else(unknown)?;
    let unit = load(scope, gas, &instance.module, instance.size)?;
    let endpoint = unit.endpoint(request.endpoint).ok_or_else(|| {
        Failure::new(
            err::UNKNOWN_ENDPOINT,
            format!("the contract has no endpoint `{}`", request.endpoint),
        )
    })?;
    fund(scope, gas, &request.sender, &request.contract, request.funds)?;

    let mut machine = unit.machine(Gas::new(gas.remaining()));
    machine.tracing = scope.trace.is_some();
    scope.calls.push(request.contract);
    let outcome = run(scope, &mut machine, &instance, endpoint, request);
    scope.calls.pop();
    if let Some(trace) = &mut scope.trace {
        trace.add(&machine);
    }
    let spent = gas.charge(machine.gas.used());
    if matches!(outcome, Err(ref failure) if failure.number >= err::OUT_OF_GAS.number) {
        *scope.place = machine.place;
    }
    scope.output.append(&mut machine.output);
    unit.give_back(machine);
    spent?;
    outcome
}

fn run(
    scope: &mut Scope<'_>,
    machine: &mut Machine,
    instance: &Instance,
    endpoint: &Endpoint,
    request: &Call<'_>,
) -> Result<Data, Failure> {
    let args = bind(machine, endpoint, request.args)?;
    let mut host = ContractHost {
        scope,
        caller: request.sender,
        this: request.contract,
        value: request.funds,
        instance,
        variables: Vec::new(),
    };
    let value = machine.run(&mut host, None, endpoint.function, &args)?;
    let value = if value == Value::Undefined { Value::Null } else { value };
    if !machine.heap.conforms(value, &endpoint.returns) {
        let message = format!(
            "endpoint `{}` returned a {} against its type",
            endpoint.name,
            machine.heap.kind(value)
        );
        return Err(Halt::trap("type-mismatch", message).into());
    }
    let result = machine.export(value)?;
    host.keep()?;
    Ok(result)
}

/// Works on a contract's state outside of any call of an endpoint, in the contract's own name.
pub fn within<T>(
    scope: &mut Scope<'_>,
    gas: &mut Gas,
    contract: &Address,
    work: impl FnOnce(&mut Machine, &mut ContractHost<'_, '_>) -> Result<T, Halt>,
) -> Result<T, Failure> {
    *scope.place = None;
    gas.charge(gas::STATE_READ)?;
    let unknown = || Failure::new(err::UNKNOWN_CONTRACT, "no such contract lives");
    let record = scope.kv.get(&kv::contract(contract)).ok_or_else(unknown)?;
    let instance = scope.cache.instance(contract, &record).ok_or_else(unknown)?;
    let unit = load(scope, gas, &instance.module, instance.size)?;
    let mut machine = unit.machine(Gas::new(gas.remaining()));
    let mut host = ContractHost {
        scope,
        caller: *contract,
        this: *contract,
        value: 0,
        instance: &instance,
        variables: Vec::new(),
    };
    let result = work(&mut machine, &mut host).and_then(|done| host.keep().map(|()| done));
    let spent = gas.charge(machine.gas.used());
    if result.is_err() {
        *scope.place = machine.place;
    }
    scope.output.append(&mut machine.output);
    unit.give_back(machine);
    spent?;
    Ok(result?)
}

/// The arguments in the endpoint's order, each of its declared type; absent ones take their default, or null if
/// optional.
fn bind(machine: &mut Machine, endpoint: &Endpoint, args: &Data) -> Result<Vec<Value>, Failure> {
    let bad = |message: String| Failure::new(err::BAD_ARGUMENT, message);
    let Data::Record(given) = args else {
        return Err(bad("arguments must be a record".into()));
    };
    if let Some((name, _)) = given
        .iter()
        .find(|(name, _)| !endpoint.args.iter().any(|field| field.name == *name))
    {
        return Err(bad(format!("endpoint `{}` has no argument `{name}`", endpoint.name)));
    }
    let mut values = Vec::with_capacity(endpoint.args.len());
    for field in &endpoint.args {
        let data = match given.iter().find(|(name, _)| *name == field.name) {
            Some((_, data)) => data,
            None => match &field.default {
                Some(default) => default,
                None if matches!(field.ty, TypeRef::Optional(_)) => &Data::Null,
                None => return Err(bad(format!("argument `{}` is missing", field.name))),
            },
        };
        let value = match machine.heap.import_as(data, &field.ty) {
            Ok(value) => value,
            Err(Halt::Trap { message, .. }) => return Err(bad(format!("argument `{}`: {message}", field.name))),
            Err(halt) => return Err(halt.into()),
        };
        machine.settle()?;
        values.push(value);
    }
    Ok(values)
}

fn fund(scope: &mut Scope<'_>, gas: &mut Gas, from: &Address, to: &Address, amount: u128) -> Result<(), Failure> {
    if amount == 0 {
        return Ok(());
    }
    gas.charge(gas::TRANSFER)?;
    bank::transfer(scope.kv, from, to, amount)?;
    scope.transfers.push(Transfer {
        from: *from,
        to: *to,
        amount,
    });
    Ok(())
}

fn load(scope: &mut Scope<'_>, gas: &mut Gas, module: &Hash, size: u64) -> Result<std::sync::Arc<Unit>, Failure> {
    if scope.touched.insert(*module) {
        gas.charge(gas::MODULE_LOAD + gas::MODULE_LOAD_BYTE * size)?;
    }
    let kv = &mut *scope.kv;
    match scope.cache.unit(module, || kv.get(&kv::module_code(module))) {
        Some(Ok(unit)) => Ok(unit),
        Some(Err(message)) => Err(Failure::new(
            err::FAULT,
            format!("a stored module cannot be loaded: {message}"),
        )),
        None => Err(Failure::new(
            err::UNKNOWN_MODULE,
            format!("no module `{}` was deployed", hex(module)),
        )),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
