// Hosts MQTT.js clients for the Java tests: one JSON command per line on stdin, one JSON reply or
// event per line on stdout. Ends with its stdin. Binary values are base64url, as Vert.x JSON has them.
import readline from 'node:readline';
import mqtt from 'mqtt';

const peers = new Map();

const say = (object) => process.stdout.write(JSON.stringify(object) + '\n');

const commands = {
  connect({ peer, url, options, will }, done) {
    // What the client remembers of its session, as a device would on its disk.
    const stores = (!options.clean && peers.get(peer)?.stores) || {
      incomingStore: new mqtt.Store({ clean: false }),
      outgoingStore: new mqtt.Store({ clean: false }),
    };
    const client = mqtt.connect(url, {
      ...options,
      ...stores,
      reconnectPeriod: 0,
      resubscribe: false,
      connectTimeout: 30_000,
      will: will && { ...will, payload: Buffer.from(will.payload, 'base64') },
    });
    peers.set(peer, { client, stores });
    let connected = false;
    let reasonCode = -1;
    let lastError = 'closed before CONNACK';
    client.on('connect', (connack) => {
      connected = true;
      done(null, { sessionPresent: connack.sessionPresent });
    });
    client.on('error', (error) => {
      lastError = error.message;
    });
    client.on('disconnect', (packet) => {
      reasonCode = packet.reasonCode ?? 0;
    });
    client.on('close', () => {
      if (connected) {
        say({ peer, event: 'ended', reasonCode });
      } else {
        done(new Error(lastError));
      }
    });
    client.on('message', (topic, payload, packet) =>
      say({
        peer,
        event: 'message',
        topic,
        payload: payload.toString('base64url'),
        qos: packet.qos,
        retain: packet.retain,
        properties: {
          ...packet.properties,
          correlationData: packet.properties?.correlationData?.toString('base64url'),
        },
      }),
    );
  },
  subscribe({ peer, filter, qos }, done) {
    peers.get(peer).client.subscribe(filter, { qos }, done);
  },
  unsubscribe({ peer, filter }, done) {
    peers.get(peer).client.unsubscribe(filter, done);
  },
  publish({ peer, topic, payload, qos, retain, properties }, done) {
    if (properties?.correlationData) {
      properties.correlationData = Buffer.from(properties.correlationData, 'base64');
    }
    const bytes = Buffer.from(payload, 'base64');
    peers.get(peer).client.publish(topic, bytes, { qos, retain, properties }, done);
  },
  disconnect({ peer }, done) {
    peers.get(peer).client.end(false, {}, done);
  },
  close({ peer }, done) {
    const known = peers.get(peer);
    peers.delete(peer);
    if (known) {
      known.client.end(true, {}, () => done());
    } else {
      done();
    }
  },
};

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  const command = JSON.parse(line);
  const done = (error, result) =>
    say({ reply: command.id, error: error ? String(error.message) : undefined, result });
  try {
    commands[command.op](command, done);
  } catch (error) {
    done(error);
  }
}).on('close', () => process.exit(0));
