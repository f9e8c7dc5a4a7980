//! Repair by people: a step is run again or skipped, a token is moved, an instance is cancelled or migrated.
use super::instance::{halted, Run, Work};
use super::state::{Done, Id, ScopeKind, Status, Stop, TokenState};
use crate::module::process::NodeKind;
use crate::vm::Halt;

/// The token that is moved.
pub enum From {
    Token(Id),
    /// The oldest one at an element.
    Element(String),
}

fn bad<T>(message: String) -> Done<T> {
    Err(Stop::Halt(Halt::trap("bad-argument", message)))
}

impl Run<'_> {
    /// The timer of an incident fires again.
    pub fn retry(&mut self, wait: Id) -> Result<(), Halt> {
        self.repaired(|run| {
            if !run.state.waits.contains_key(&wait) {
                return bad("what failed is no longer waited for".to_owned());
            }
            run.trigger(wait, None, Some(crate::value::Data::Null))
        })
    }

    /// The timer is given up; a token that waited for it goes on behind the element that failed.
    pub fn skip(&mut self, wait: Id, element: &str) -> Result<(), Halt> {
        self.repaired(|run| {
            let Some(at) = run.state.waits.remove(&wait) else {
                return bad("what failed is no longer waited for".to_owned());
            };
            let process = run.process(at.scope)?;
            let Some(token) = at.token.filter(|_| {
                process
                    .nodes
                    .get(at.node as usize)
                    .is_some_and(|n| n.kind != NodeKind::Boundary)
            }) else {
                return Ok(());
            };
            let scope = run.token(token)?.scope;
            let process = run.process(scope)?;
            let parent = run.scope(scope)?.node;
            let failed = (0..)
                .zip(&process.nodes)
                .find(|(_, node)| node.id == element && node.parent == parent);
            let Some((number, _)) = failed else {
                return bad(format!("`{element}` is not in the token's scope; move the token"));
            };
            run.interrupt(token)?;
            run.token_mut(token)?.node = number;
            run.later(Work::Leave, token);
            Ok(())
        })
    }

    /// A token leaves what it waits for and comes to another element of its scope.
    pub fn move_token(&mut self, from: &From, to: &str) -> Result<(), Halt> {
        self.repaired(|run| {
            let mut found = None;
            for (id, token) in &run.state.tokens {
                let process = run.process(token.scope)?;
                let fits = match from {
                    From::Token(wanted) => wanted == id,
                    From::Element(element) => process.node(token.node)?.id == *element,
                };
                if fits && token.instance.is_none() {
                    found = Some((*id, token.scope));
                    break;
                }
            }
            let Some((token, scope)) = found else {
                return bad("no token is there".to_owned());
            };
            let process = run.process(scope)?;
            let parent = run
                .scope(scope)?
                .node
                .filter(|_| run.scope(scope).is_ok_and(|s| s.kind != ScopeKind::Process));
            let target = (0..).zip(&process.nodes).find(|(_, node)| {
                node.id == to
                    && node.parent == parent
                    && !matches!(node.kind, NodeKind::Boundary | NodeKind::EventScope)
            });
            let Some((number, _)) = target else {
                return bad(format!(
                    "`{}` is no element of the token's scope",
                    to.chars().take(80).collect::<String>()
                ));
            };
            run.interrupt(token)?;
            let at = run.token_mut(token)?;
            at.node = number;
            at.state = TokenState::Ready;
            run.later(Work::Activate, token);
            Ok(())
        })
    }

    /// The instance ends.
    pub fn cancel_all(&mut self) -> Result<(), Halt> {
        self.repaired(|run| {
            let roots: Vec<Id> = run
                .state
                .scopes
                .iter()
                .filter(|(_, scope)| scope.token.is_none())
                .map(|(id, _)| *id)
                .collect();
            for scope in roots {
                run.interrupt_scope(scope, None)?;
            }
            run.state.status = Status::Terminated;
            Ok(())
        })
    }

    /// The instance goes on as another process, or another version of its own: each element that something stands at is
    /// that of the same id or the one that the plan names, and of the same kind.
    pub fn migrate(&mut self, target: Option<u32>, nodes: &[(String, String)]) -> Result<(), Halt> {
        self.moved(target, nodes).map_err(halted)
    }

    fn moved(&mut self, target: Option<u32>, nodes: &[(String, String)]) -> Done<()> {
        let old = self.graph(self.state.process)?;
        let index = target.unwrap_or(old.index);
        let new = self.graph(index)?;
        let place = |number: u32| -> Done<u32> {
            let node = old.node(number)?;
            let wanted = nodes
                .iter()
                .find(|(from, _)| *from == node.id)
                .map_or(&node.id, |(_, to)| to);
            match (0..).zip(&new.nodes).find(|(_, other)| other.id == *wanted) {
                Some((number, other)) if other.kind == node.kind => Ok(number),
                Some(_) => bad(format!("`{wanted}` is of another kind than `{}`", node.id)),
                None => bad(format!(
                    "the plan says nothing of `{}`, and there is no element of this id",
                    node.id
                )),
            }
        };
        let flow = |number: u32| -> Done<u32> {
            let id = old.flows.get(number as usize).map_or("", |flow| flow.id.as_str());
            let found = (0..).zip(&new.flows).find(|(_, flow)| flow.id == id && !id.is_empty());
            found.map_or_else(|| bad(format!("there is no flow `{id}`")), |(number, _)| Ok(number))
        };
        let of: Vec<Id> = self
            .state
            .scopes
            .iter()
            .filter(|(_, scope)| scope.process == old.index)
            .map(|(id, _)| *id)
            .collect();
        let mut state = self.state.clone();
        for token in state.tokens.values_mut().filter(|token| of.contains(&token.scope)) {
            token.node = place(token.node)?;
            token.flow = match (token.flow, token.state) {
                (Some(number), TokenState::Join) => Some(flow(number)?),
                _ => None,
            };
            token.begin = token.begin.map(place).transpose()?;
        }
        for wait in state.waits.values_mut().filter(|wait| of.contains(&wait.scope)) {
            wait.node = place(wait.node)?;
        }
        for scope in state.scopes.values_mut().filter(|scope| scope.process == old.index) {
            scope.process = index;
            scope.node = scope.node.map(place).transpose()?;
            for record in &mut scope.records {
                record.node = place(record.node)?;
            }
        }
        for branch in state.branches.values_mut() {
            branch.split = branch.split.and_then(|split| place(split).ok());
        }
        state.process = index;
        self.state = state;
        Ok(())
    }

    fn repaired(&mut self, work: impl FnOnce(&mut Self) -> Done<()>) -> Result<(), Halt> {
        self.step(|run| work(run).map(|()| true)).map(drop)
    }
}
