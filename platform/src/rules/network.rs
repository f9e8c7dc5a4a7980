//! The compiled form of a rule set. Nodes, sharing and the index of each node are the module's; this adds what makes them
//! fast to walk: children, index tables, and which slots a node looks at.
use crate::module::{Alpha, AlphaTest, Beta, BetaKind, CompareOp, JoinKey, RuleSet, Strategy};
use crate::vm::program::Program;
use crate::vm::value::Value;

use super::alpha::Children;

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

    pub fn union(self, other: Mask) -> Mask {
        Mask(self.0 | other.0)
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

#[derive(Debug)]
pub struct BetaNode {
    pub kind: BetaKind,
    pub left: Option<u32>,
    pub keys: Vec<JoinKey>,
    pub tests: Vec<u32>,
    /// A join with the root and without keys or tests: facts become tuples at once, nothing is remembered.
    pub entry: bool,
    /// Two-input nodes below.
    pub children: Vec<u32>,
    /// Rules whose match is a tuple of this node.
    pub rules: Vec<u32>,
    /// Slots of the right input's facts that this node, its alpha tests or a node below look at.
    pub watched: Mask,
    /// Positive patterns in a tuple of this node.
    pub width: u32,
}

#[derive(Debug)]
pub struct RuleNode {
    pub function: u32,
    pub no_loop: bool,
    /// Queue of the agenda that holds its matches; queue 0 is served first.
    pub queue: u32,
}

#[derive(Debug)]
pub struct Network {
    pub strategy: Strategy,
    /// For each type of the module: the alpha nodes that take its facts.
    pub roots: Vec<Vec<u32>>,
    pub alphas: Vec<AlphaNode>,
    pub betas: Vec<BetaNode>,
    pub rules: Vec<RuleNode>,
    /// Rules without patterns.
    pub unconditional: Vec<u32>,
    pub queues: u32,
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
        let mut betas: Vec<BetaNode> = ruleset
            .betas
            .iter()
            .map(|beta| beta_node(program, ruleset, beta))
            .collect();
        for (index, beta) in ruleset.betas.iter().enumerate() {
            alphas[beta.right as usize].targets.push(index as u32);
            let mut width = u32::from(beta.kind == BetaKind::Join);
            if let Some(left) = beta.left {
                betas[left as usize].children.push(index as u32);
                width += betas[left as usize].width;
            }
            betas[index].width = width;
        }
        watch_left_reads(program, ruleset, &mut betas);
        let (rules, queues) = order_rules(ruleset);
        let mut unconditional = Vec::new();
        for (index, rule) in ruleset.rules.iter().enumerate() {
            match rule.beta {
                Some(beta) => betas[beta as usize].rules.push(index as u32),
                None => unconditional.push(index as u32),
            }
        }
        Network {
            strategy: ruleset.strategy,
            roots,
            alphas,
            betas,
            rules,
            unconditional,
            queues,
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

fn beta_node(program: &Program, ruleset: &RuleSet, beta: &Beta) -> BetaNode {
    let mut watched = alpha_reads(program, ruleset, beta.right);
    for key in &beta.keys {
        watched.add(key.right_slot);
    }
    for test in &beta.tests {
        watched = watched.union(reads(program, *test));
    }
    BetaNode {
        kind: beta.kind,
        left: beta.left,
        keys: beta.keys.clone(),
        tests: beta.tests.clone(),
        entry: beta.kind == BetaKind::Join && beta.left.is_none() && beta.keys.is_empty() && beta.tests.is_empty(),
        children: Vec::new(),
        rules: Vec::new(),
        watched,
        width: 0,
    }
}

/// Slots that the tests on the way to an alpha node look at.
fn alpha_reads(program: &Program, ruleset: &RuleSet, alpha: u32) -> Mask {
    let mut mask = Mask::default();
    let mut at = alpha;
    while let Some(Alpha::Test { parent, test }) = ruleset.alphas.get(at as usize) {
        match test {
            AlphaTest::Compare { slot, .. } => mask.add(*slot),
            AlphaTest::Code { function } => mask = mask.union(reads(program, *function)),
        }
        at = *parent;
    }
    mask
}

fn reads(program: &Program, function: u32) -> Mask {
    program.slots_read(function).map_or(Mask::ALL, |slots| Mask::of(&slots))
}

/// A change of a slot that a later join reads through the tuple concerns the node where the fact joined the tuple.
fn watch_left_reads(program: &Program, ruleset: &RuleSet, betas: &mut [BetaNode]) {
    for beta in &ruleset.betas {
        let any_position = beta
            .tests
            .iter()
            .fold(Mask::default(), |mask, test| mask.union(reads(program, *test)));
        let mut at = beta.left;
        while let Some(index) = at {
            let node = &mut betas[index as usize];
            at = node.left;
            if node.kind != BetaKind::Join {
                continue;
            }
            let position = node.width - 1;
            node.watched = node.watched.union(any_position);
            for key in &beta.keys {
                if key.left_position == position {
                    node.watched.add(key.left_slot);
                }
            }
        }
    }
}

/// `drools`: a queue for each rule, by salience, then declaration. `depth`: a stack for each salience.
fn order_rules(ruleset: &RuleSet) -> (Vec<RuleNode>, u32) {
    let mut order: Vec<u32> = (0..ruleset.rules.len() as u32).collect();
    order.sort_by_key(|rule| (std::cmp::Reverse(ruleset.rules[*rule as usize].salience), *rule));
    let mut queue_of = vec![0; order.len()];
    let mut queues = 0;
    let mut last = None;
    for rule in order {
        let salience = ruleset.rules[rule as usize].salience;
        if ruleset.strategy == Strategy::Drools || last != Some(salience) {
            queues += 1;
            last = Some(salience);
        }
        queue_of[rule as usize] = queues - 1;
    }
    let rules = ruleset
        .rules
        .iter()
        .zip(queue_of)
        .map(|(rule, queue)| RuleNode {
            function: rule.function,
            no_loop: rule.no_loop,
            queue,
        })
        .collect();
    (rules, queues)
}

/// A test against a constant, with the constant as a value of the heap.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    pub slot: u32,
    pub op: CompareOp,
    pub constant: Value,
}
