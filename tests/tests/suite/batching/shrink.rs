//! From a sequence that fails to the smallest one that does.

use anyhow::Result;
use proptest::strategy::ValueTree;

use super::step::Step;

/// Tries at most; each is a sequence run twice.
const MAX_TRIES: usize = 200;

/// As `proptest` shrinks: simpler for as long as it fails, a step back when it does not.
pub(super) async fn smallest(
    mut tree: impl ValueTree<Value = Vec<Step>>,
    fails: impl AsyncFn(&[Step]) -> Result<bool>,
) -> Result<Vec<Step>> {
    let mut smallest = tree.current();
    let mut moved = tree.simplify();
    for _ in 0..MAX_TRIES {
        if !moved {
            break;
        }
        let steps = tree.current();
        moved = if fails(&steps).await? {
            smallest = steps;
            tree.simplify()
        } else {
            tree.complicate()
        };
    }
    Ok(smallest)
}

#[tokio::test]
async fn shrinks_to_what_fails() -> Result<()> {
    use super::step::{Kind, step};
    use proptest::collection::vec;
    use proptest::strategy::Strategy;
    use proptest::test_runner::TestRunner;

    let fails = |steps: &[Step]| steps.iter().any(|step| matches!(step.kind, Kind::DeleteGroup { .. }));
    let mut runner = TestRunner::deterministic();
    let tree = loop {
        let tree = vec(step(), 20..30).new_tree(&mut runner).map_err(|error| anyhow::anyhow!("{error}"))?;
        if fails(&tree.current()) {
            break tree;
        }
    };
    let smallest = smallest(tree, async |steps| Ok(fails(steps))).await?;
    assert!(smallest.len() < 25 && fails(&smallest), "{smallest:?}");
    Ok(())
}
