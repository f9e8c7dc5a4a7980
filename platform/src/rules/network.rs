//! The compiled form of a rule set. Nodes, sharing and the index of each node are the module's; this adds what makes them
//! fast to walk: children, index tables, and which slots a node looks at.
use crate::module::{
    Alpha, AlphaTest, Beta, BetaKind, CompareOp, Field, JoinKey, Quantifier, RuleSet, Strategy, MAIN_GROUP,
};
use crate::vm::comparison::Comparison as FastTest;
use crate::vm::program::Program;
use crate::vm::value::Value;

use super::alpha::{join_bounds, Children};

/// A set of slots; slots from 63 on share one bit, so a test may say yes too often, never too seldom.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Mask(u64);

impl Mask {
    pub const ALL: Mask = Mask(u64::MAX);

    pub fn of(slots: &[u32]) -> Mask {
        let mut mask = Mask::default();
        for slot in slots {
            mask.add(*slot);
        }
        mask
    }

    pub fn add(&mut self, slot: u32) {
        self.0 |= 1 << slot.min(63);
    }

    pub fn meets(self, other: Mask) -> bool {
        self.0 & other.0 != 0
    }
}

#[derive(Debug)]
pub struct AlphaNode {
    pub children: Children,
    /// Two-input nodes whose right input this is.
    pub targets: Vec<u32>,
}

/// A function that returns a boolean.
#[derive(Debug)]
pub struct Test {
    pub function: u32,
    /// What it compares, if that is all it does.
    pub fast: Option<FastTest>,
}

#[derive(Debug)]
pub enum NodeKind {
    Pattern {
        quantifier: Quantifier,
        keys: Vec<JoinKey>,
        tests: Vec<Test>,
    },
    Test {
        tests: Vec<Test>,
    },
    From {
        items: u32,
        tests: Vec<Test>,
    },
    Group {
        quantifier: Quantifier,
    },
    Accumulate {
        init: u32,
        step: u32,
        result: u32,
    },
}

impl NodeKind {
    /// How many values the node's index takes as a key.
    pub fn key_width(&self) -> usize {
        match self {
            NodeKind::Pattern { keys, .. } => keys.len(),
            _ => 0,
        }
    }
}

#[derive(Debug)]
pub struct BetaNode {
    pub kind: NodeKind,
    pub left: Option<u32>,
    /// A join with the root and without keys or tests: facts become tuples at once, nothing is remembered.
    pub entry: bool,
    pub below: Below,
    /// Rules whose match is a tuple of this node.
    pub rules: Vec<u32>,
    /// Slots of the right input's facts whose modification matters here.
    pub watched: Mask,
    /// Elements in a tuple of this node.
    pub width: u32,
    /// Nodes on the way from the root to a tuple of this node.
    pub depth: u32,
}

/// What takes the tuples of a node.
#[derive(Debug, Default)]
pub struct Below {
    /// Nodes of which it is the left input.
    pub children: Vec<u32>,
    /// Groups and accumulates of which it is the right input.
    pub sinks: Vec<u32>,
}

#[derive(Debug)]
pub struct RuleNode {
    pub function: u32,
    pub salience: i32,
    pub salience_function: Option<u32>,
    pub no_loop: bool,
    pub lock_on_active: bool,
    pub auto_focus: bool,
    /// Agenda group, 0 for MAIN, and the queue in it that holds its matches; queue 0 is served first.
    pub group: u32,
    pub queue: u32,
    /// Place among the rules of one salience.
    pub order: u32,
    pub activation_group: Option<u32>,
}

impl RuleNode {
    /// Whether a match may be kept out of the agenda although it holds.
    pub fn is_guarded(&self) -> bool {
        self.no_loop || self.lock_on_active
    }
}

#[derive(Debug)]
pub struct Network {
    pub strategy: Strategy,
    /// For each type of the module: the alpha nodes that take its facts.
    pub roots: Vec<Vec<u32>>,
    pub alphas: Vec<AlphaNode>,
    pub betas: Vec<BetaNode>,
    /// What takes the root's empty tuple; patterns that are an entry are left out.
    pub root: Below,
    pub rules: Vec<RuleNode>,
    /// Rules without conditions.
    pub unconditional: Vec<u32>,
    /// Names of the agenda groups, `MAIN` first, and how many queues each has.
    pub agenda_groups: Vec<(String, u32)>,
    pub activation_groups: u32,
    pub globals: Vec<Field>,
    /// Values live in the session beside the facts, so the heap may not be rewound under it.
    pub keeps_values: bool,
}

impl Network {
    /// Builds the network of an admitted module's rule set.
    pub fn new(program: &Program, ruleset: &RuleSet) -> Network {
        let module = &program.module;
        let mut roots = vec![Vec::new(); module.types.len()];
        let mut children: Vec<Vec<(u32, &AlphaTest)>> = vec![Vec::new(); ruleset.alphas.len()];
        for (index, alpha) in ruleset.alphas.iter().enumerate() {
            match alpha {
                Alpha::Type(of) => {
                    for (ty, takers) in roots.iter_mut().enumerate() {
                        if is_a(program, ty as u32, *of) {
                            takers.push(index as u32);
                        }
                    }
                }
                Alpha::Test { parent, test } => children[*parent as usize].push((index as u32, test)),
            }
        }
        let mut alphas: Vec<AlphaNode> = children
            .into_iter()
            .map(|tests| AlphaNode {
                children: Children::new(program, &tests),
                targets: Vec::new(),
            })
            .collect();
        let mut betas: Vec<BetaNode> = ruleset.betas.iter().map(|beta| beta_node(program, beta)).collect();
        let mut root = Below::default();
        for (index, beta) in ruleset.betas.iter().enumerate() {
            let at = index as u32;
            let mut width = beta.left.map_or(0, |left| betas[left as usize].width);
            match &beta.kind {
                BetaKind::Pattern { quantifier, right, .. } => {
                    alphas[*right as usize].targets.push(at);
                    width += u32::from(*quantifier == Quantifier::Join);
                }
                BetaKind::From { .. } => width += 1,
                BetaKind::Test { .. } => {}
                BetaKind::Group { right, .. } => betas[*right as usize].below.sinks.push(at),
                BetaKind::Accumulate { right, .. } => {
                    betas[*right as usize].below.sinks.push(at);
                    width += 1;
                }
            }
            betas[index].width = width;
            betas[index].depth = 1 + beta.left.map_or(0, |left| betas[left as usize].depth);
            let entry = betas[index].entry;
            let below = match beta.left {
                Some(left) => &mut betas[left as usize].below,
                None => &mut root,
            };
            if !entry {
                below.children.push(at);
            }
        }
        join_bounds(&mut alphas);
        let (rules, agenda_groups, activation_groups) = order_rules(ruleset);
        let mut unconditional = Vec::new();
        for (index, rule) in ruleset.rules.iter().enumerate() {
            match rule.beta {
                Some(beta) => betas[beta as usize].rules.push(index as u32),
                None => unconditional.push(index as u32),
            }
        }
        let derives = |beta: &Beta| matches!(beta.kind, BetaKind::From { .. } | BetaKind::Accumulate { .. });
        Network {
            strategy: ruleset.strategy,
            roots,
            alphas,
            betas,
            root,
            rules,
            unconditional,
            agenda_groups,
            activation_groups,
            globals: ruleset.globals.clone(),
            keeps_values: !ruleset.globals.is_empty() || ruleset.betas.iter().any(derives),
        }
    }
}

fn is_a(program: &Program, ty: u32, of: u32) -> bool {
    let mut at = Some(ty);
    let mut steps = 0;
    while let Some(current) = at {
        if current == of {
            return true;
        }
        steps += 1;
        if steps > program.module.types.len() {
            return false;
        }
        at = program.module.types.get(current as usize).and_then(|ty| ty.extends);
    }
    false
}

fn tests_of(program: &Program, functions: &[u32]) -> Vec<Test> {
    let test = |function: &u32| Test {
        function: *function,
        fast: FastTest::new(program, *function),
    };
    functions.iter().map(test).collect()
}

fn beta_node(program: &Program, beta: &Beta) -> BetaNode {
    let mut watched = Mask::default();
    let kind = match &beta.kind {
        BetaKind::Pattern {
            quantifier,
            keys,
            tests,
            watch,
            ..
        } => {
            watched = watch.as_deref().map_or(Mask::ALL, Mask::of);
            NodeKind::Pattern {
                quantifier: *quantifier,
                keys: keys.clone(),
                tests: tests_of(program, tests),
            }
        }
        BetaKind::Test { tests } => NodeKind::Test {
            tests: tests_of(program, tests),
        },
        BetaKind::From { items, tests } => NodeKind::From {
            items: *items,
            tests: tests_of(program, tests),
        },
        BetaKind::Group { quantifier, .. } => NodeKind::Group {
            quantifier: *quantifier,
        },
        BetaKind::Accumulate { init, step, result, .. } => NodeKind::Accumulate {
            init: *init,
            step: *step,
            result: *result,
        },
    };
    let entry = beta.left.is_none()
        && matches!(&kind, NodeKind::Pattern { quantifier: Quantifier::Join, keys, tests }
            if keys.is_empty() && tests.is_empty());
    BetaNode {
        kind,
        left: beta.left,
        entry,
        below: Below::default(),
        rules: Vec::new(),
        watched,
        width: 0,
        depth: 0,
    }
}

/// Where each rule's matches wait. `drools`: a queue for each rule, by salience, then declaration. `depth`: a stack for
/// each salience. Also the agenda groups with their numbers of queues, and the number of activation groups.
fn order_rules(ruleset: &RuleSet) -> (Vec<RuleNode>, Vec<(String, u32)>, u32) {
    let mut groups = vec![(MAIN_GROUP.to_owned(), 0)];
    let mut activation_groups: Vec<&str> = Vec::new();
    let mut last: Vec<Option<i32>> = vec![None];
    let mut order: Vec<usize> = (0..ruleset.rules.len()).collect();
    order.sort_by_key(|rule| (std::cmp::Reverse(ruleset.rules[*rule].salience), *rule));
    let mut made: Vec<Option<RuleNode>> = ruleset.rules.iter().map(|_| None).collect();
    for index in order {
        let rule = &ruleset.rules[index];
        let group = number_of(
            &mut groups,
            |known| known.0 == rule.agenda_group,
            || (rule.agenda_group.clone(), 0),
        );
        last.resize(groups.len(), None);
        if ruleset.strategy == Strategy::Drools || last[group] != Some(rule.salience) {
            groups[group].1 += 1;
            last[group] = Some(rule.salience);
        }
        let exclusive = (!rule.activation_group.is_empty()).then(|| {
            number_of(
                &mut activation_groups,
                |known| *known == rule.activation_group,
                || rule.activation_group.as_str(),
            ) as u32
        });
        made[index] = Some(RuleNode {
            function: rule.function,
            salience: rule.salience,
            salience_function: rule.salience_function,
            no_loop: rule.no_loop,
            lock_on_active: rule.lock_on_active,
            auto_focus: rule.auto_focus,
            group: group as u32,
            queue: groups[group].1 - 1,
            order: index as u32,
            activation_group: exclusive,
        });
    }
    let activation_groups = activation_groups.len() as u32;
    (made.into_iter().flatten().collect(), groups, activation_groups)
}

/// The place of what is known, or of what is added.
fn number_of<T>(known: &mut Vec<T>, is: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    known.iter().position(is).unwrap_or_else(|| {
        known.push(new());
        known.len() - 1
    })
}

/// A test against a constant, with the constant as a value of the heap.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    pub slot: u32,
    pub op: CompareOp,
    pub constant: Value,
}
