//! One connection: reads a request, plays its script.

use std::{io, sync::Arc};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use super::{
    Dialect, Received, Shared,
    script::{Body, Break, Script},
};

/// What to do once a break is over.
enum Then {
    GoOn,
    Close,
}

/// Serves one request. A client that goes away is no failure of the server.
pub(super) async fn serve(socket: TcpStream, shared: Arc<Shared>) {
    let _ = socket.set_nodelay(true);
    let mut socket = BufReader::new(socket);
    if let Ok(request) = read(&mut socket).await {
        let script = shared.answer(request);
        let _ = play(&mut socket, &script, shared.dialect).await;
    }
}

async fn read(socket: &mut BufReader<TcpStream>) -> io::Result<Received> {
    let mut line = String::new();
    socket.read_line(&mut line).await?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        line.clear();
        socket.read_line(&mut line).await?;
        let Some((name, value)) = line.split_once(':') else { break };
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        if name == "content-length" {
            length = value.parse().map_err(|_| io::ErrorKind::InvalidData)?;
        }
        headers.push((name, value));
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(Received { method, path, headers, body })
}

async fn play(socket: &mut BufReader<TcpStream>, script: &Script, dialect: Dialect) -> io::Result<()> {
    if let Some(before) = &script.before {
        return pause(socket, before).await.map(|_| ());
    }
    let mut head =
        format!("HTTP/1.1 {} Scripted\r\nconnection: close\r\ntransfer-encoding: chunked\r\n", script.status);
    for (name, value) in &script.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    socket.write_all(head.as_bytes()).await?;
    let pieces = match &script.body {
        Body::Answer(answer) => dialect.render(answer),
        Body::Models(ids) => vec![vec![dialect.models(ids).to_string().into_bytes()]],
        Body::Embeddings(vectors) => vec![vec![dialect.embeddings(vectors).to_string().into_bytes()]],
        Body::Chunks(chunks) => chunks.iter().map(|chunk| vec![chunk.clone()]).collect(),
    };
    for sent in 0..=pieces.len() {
        for (_, how) in script.breaks.iter().filter(|(after, _)| *after == sent) {
            socket.flush().await?;
            if let Break::Cut = how {
                return socket.write_all(b"0\r\n\r\n").await;
            }
            if let Then::Close = pause(socket, how).await? {
                return Ok(());
            }
        }
        for chunk in pieces.get(sent).into_iter().flatten().filter(|chunk| !chunk.is_empty()) {
            socket.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await?;
            socket.write_all(chunk).await?;
            socket.write_all(b"\r\n").await?;
        }
    }
    socket.write_all(b"0\r\n\r\n").await?;
    socket.shutdown().await
}

async fn pause(socket: &mut BufReader<TcpStream>, how: &Break) -> io::Result<Then> {
    match how {
        Break::Cut => Ok(Then::Close),
        Break::Reset => {
            socket.get_ref().set_zero_linger()?;
            Ok(Then::Close)
        }
        Break::Stall => {
            gone(socket).await;
            Ok(Then::Close)
        }
        Break::Hold(held) => {
            held.send_modify(|held| held.reached = true);
            let mut watched = held.subscribe();
            tokio::select! {
                biased;
                _ = watched.wait_for(|held| held.released) => Ok(Then::GoOn),
                () = gone(socket) => {
                    held.send_modify(|held| held.left = true);
                    Ok(Then::Close)
                }
            }
        }
    }
}

/// Waits until the client has closed the connection.
async fn gone(socket: &mut BufReader<TcpStream>) {
    let mut byte = [0];
    while matches!(socket.read(&mut byte).await, Ok(1..)) {}
}
