//! The rules of play, pure: state is a fold of effects, tools turn a model's wishes into rolls and effects or refuse them.
//!
//! Nothing here reads a clock, a database or a random source: what is known comes in as a [`world::World`], randomness as a
//! seed. So every answer of the engine can be replayed.

pub mod checks;
pub mod effects;
pub mod names;
pub mod sheet;
pub mod state;
pub mod tools;
pub mod world;

pub use checks::{Check, CheckRoll, Edge};
pub use effects::{Effect, ObjectiveSet};
pub use sheet::{Abilities, Ability, Carried, Sheet};
pub use state::GameState;
pub use tools::{Happening, Outcome};
pub use world::World;
