//! A pattern's tree to its program. Repetitions with numbers are written out.
use super::{bad, BadRegExp, Node, Ranges, Step, MAX_PROGRAM};

type Result<T> = std::result::Result<T, BadRegExp>;

#[derive(Default)]
struct Compiler {
    steps: Vec<Step>,
    classes: Vec<Ranges>,
}

pub(super) fn compile(node: &Node) -> Result<(Vec<Step>, Vec<Ranges>)> {
    let mut compiler = Compiler::default();
    compiler.node(node)?;
    compiler.push(Step::Match)?;
    Ok((compiler.steps, compiler.classes))
}

impl Compiler {
    fn here(&self) -> u32 {
        self.steps.len() as u32
    }

    fn push(&mut self, step: Step) -> Result<usize> {
        if self.steps.len() == MAX_PROGRAM {
            let hint = Some("repeat smaller parts, or fewer times");
            return bad("the repetitions make the pattern too large", 0, hint);
        }
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    fn node(&mut self, node: &Node) -> Result<()> {
        match node {
            Node::Empty => {}
            Node::Char(char) => {
                self.push(Step::Char(*char))?;
            }
            Node::Class(ranges) => {
                let known = self.classes.iter().position(|class| class == ranges);
                let class = known.unwrap_or_else(|| {
                    self.classes.push(ranges.clone());
                    self.classes.len() - 1
                });
                self.push(Step::Class(class as u32))?;
            }
            Node::Look(look) => {
                self.push(Step::Look(*look))?;
            }
            Node::Group(number, inner) => {
                self.push(Step::Save(2 * number))?;
                self.node(inner)?;
                self.push(Step::Save(2 * number + 1))?;
            }
            Node::Concat(parts) => parts.iter().try_for_each(|part| self.node(part))?,
            Node::Either(ways) => self.either(ways)?,
            Node::Repeat {
                node,
                min,
                max,
                greedy,
                groups,
            } => self.repeat(node, (*min, *max), *greedy, *groups)?,
        }
        Ok(())
    }

    fn either(&mut self, ways: &[Node]) -> Result<()> {
        let mut ends = Vec::new();
        for (at, way) in ways.iter().enumerate() {
            if at + 1 == ways.len() {
                self.node(way)?;
                break;
            }
            let split = self.push(Step::Split(self.here() + 1, 0))?;
            self.node(way)?;
            ends.push(self.push(Step::Jump(0))?);
            self.steps[split] = Step::Split(split as u32 + 1, self.here());
        }
        for end in ends {
            self.steps[end] = Step::Jump(self.here());
        }
        Ok(())
    }

    /// One turn of a repetition: its groups begin empty.
    fn turn(&mut self, node: &Node, groups: (u32, u32)) -> Result<()> {
        if groups.0 < groups.1 {
            self.push(Step::Forget(2 * groups.0, 2 * groups.1))?;
        }
        self.node(node)
    }

    fn repeat(&mut self, node: &Node, (min, max): (u32, Option<u32>), greedy: bool, groups: (u32, u32)) -> Result<()> {
        let ordered = |go: u32, leave: u32| {
            if greedy {
                Step::Split(go, leave)
            } else {
                Step::Split(leave, go)
            }
        };
        for _ in 0..min {
            // each turn is at least one step, so a great number of turns is refused and not run through
            let before = self.here();
            self.turn(node, groups)?;
            if self.here() == before {
                break;
            }
        }
        match max {
            None => {
                let split = self.push(Step::Match)?;
                self.turn(node, groups)?;
                self.push(Step::Jump(split as u32))?;
                self.steps[split] = ordered(split as u32 + 1, self.here());
            }
            Some(max) => {
                let mut splits = Vec::new();
                for _ in min..max {
                    splits.push(self.push(Step::Match)?);
                    self.turn(node, groups)?;
                }
                for split in splits {
                    self.steps[split] = ordered(split as u32 + 1, self.here());
                }
            }
        }
        Ok(())
    }
}
