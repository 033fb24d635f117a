//! The wires against a scripted service: what every wire promises (`contract`), and what is each dialect's own.

mod anthropic;
mod cohere;
mod contract;
mod gemini;
mod ollama;
mod openai;
