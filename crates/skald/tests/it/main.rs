//! Tests through the door: HTTP and the live socket of a whole, running server, on SQLite and PostgreSQL.

mod support;

mod access;
mod ai;
mod ai_money;
mod canon;
mod exchange;
mod idempotency;
mod live;
mod matrix;
mod mcp;
mod platform;
mod play;
