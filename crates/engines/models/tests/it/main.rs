//! The wires against a scripted service: what every wire promises (`contract`), and what is the dialect's own (`openai`).

mod contract;
mod openai;
