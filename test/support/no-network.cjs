// Loaded before a command by `node --require`: any use of the network ends it with an error.
const dns = require('node:dns');
const net = require('node:net');
const http = require('node:http');
const https = require('node:https');

function refuse(what) {
  return () => {
    throw new Error(`the network was used: ${what}`);
  };
}

net.Socket.prototype.connect = refuse('a connection was opened');
net.connect = net.createConnection = refuse('a connection was opened');
http.request = http.get = refuse('an HTTP request was made');
https.request = https.get = refuse('an HTTPS request was made');
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  dns[name] = refuse('a name was looked up');
  dns.promises[name] = refuse('a name was looked up');
}
globalThis.fetch = refuse('something was fetched');
