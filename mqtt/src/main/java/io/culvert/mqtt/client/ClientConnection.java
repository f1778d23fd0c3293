package io.culvert.mqtt.client;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.engine.Wake;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of one MQTT connection, of any version, as a state machine without I/O. Serves
 * one network connection; what outlives it is in the {@link ClientSession}.
 *
 * <p>Commands that cannot be carried out now throw {@link RefusedException} and change nothing;
 * commands that make no sense in the state throw {@link IllegalStateException}. The connection ends
 * with exactly one {@link ClientEvent.Disconnected}; what arrives behind it is not looked at.
 */
public final class ClientConnection implements Engine<ClientEvent> {
  private static final ClientEvent ROOM_AGAIN = new ClientEvent.RoomAgain();

  private final ClientSession session;
  private final ReceiveBuffer in = new ReceiveBuffer();
  private final Outbox out;
  private final Wake wake;
  private final @Nullable PacketLog log;
  private final KeepAlive keepAlive = new KeepAlive();
  private final Transmitter transmitter;
  private final MqttDecoder decoder = new MqttDecoder(ServerTerms.LARGEST_PACKET_BYTES);
  private final Deque<ClientEvent> events = new ArrayDeque<>(4);

  private ClientState state = ClientState.DISCONNECTED;
  private Status status = Status.OPEN;
  private boolean ended;
  private boolean peerEnded;
  private boolean bytesCame;
  private boolean roomWanted;
  private boolean pingByOwner;
  private long answerDeadlineMillis;
  private @Nullable ConnectOptions options;
  private Authentication authentication = new Authentication(null);
  private @Nullable Exchange exchange;

  /** What begins when the owner trusts the server. */
  private @Nullable Exchange unproved;

  /**
   * @param pool of this thread
   * @param wake told when a command has put something into the outbox
   */
  public ClientConnection(ClientSession session, BufferPool pool, Wake wake) {
    this(session, pool, wake, null);
  }

  /**
   * As above.
   *
   * @param log told of each packet, or null
   */
  public ClientConnection(
      ClientSession session, BufferPool pool, Wake wake, @Nullable PacketLog log) {
    this.session = session;
    this.out = new Outbox(pool);
    this.wake = wake;
    this.log = log;
    this.transmitter = new Transmitter(out, wake, keepAlive, log);
  }

  // ---- the engine

  @Override
  public void receive(Bytes chunk) {
    if (status == Status.OPEN) {
      bytesCame = true;
      in.add(chunk);
    }
  }

  @Override
  public void receiveEnd() {
    peerEnded = true;
  }

  @Override
  public @Nullable ClientEvent poll(long nowMillis) {
    if (bytesCame) {
      keepAlive.received(nowMillis);
      bytesCame = false;
    }
    while (events.isEmpty() && !ended && !awaitsDecision()) {
      try {
        MqttPacket packet = next();
        if (packet == null) {
          break;
        }
        handle(packet, nowMillis);
      } catch (MqttViolation violation) {
        answer(violation.in(version()), nowMillis);
      }
    }
    if (events.isEmpty() && peerEnded && !ended) {
      end(DisconnectCause.CONNECTION_LOST, ReasonCode.UNSPECIFIED_ERROR, Status.CLOSED);
    }
    Exchange current = exchange;
    if (events.isEmpty() && current != null) {
      current.outgoing.pump(nowMillis); // what the outbox had no room for before
    }
    ClientEvent event = events.poll();
    if (event == null && roomWanted && hasRoomAtQos0()) {
      roomWanted = false;
      return ROOM_AGAIN;
    }
    if (event == null) {
      in.keep();
    }
    return event;
  }

  /**
   * A server that has to prove who it is waits for that. Before MQTT 5 nothing else holds back a
   * server while the owner acknowledges slowly, but one that does not read what it is answered is
   * not read either. Once the server is gone there is nothing to wait for: what it has sent is
   * handed out.
   */
  @Override
  public boolean awaitsDecision() {
    if (peerEnded) {
      return false;
    }
    Exchange current = exchange;
    return transmitter.isChoked()
        || unproved != null
        || (current != null && !transmitter.version().isMqtt5() && current.incoming.isFull());
  }

  @Override
  public Outbox outbox() {
    return out;
  }

  @Override
  public long deadlineMillis() {
    return switch (state) {
      case CONNECTING -> answerDeadlineMillis;
      case CONNECTED ->
          awaitsAuthentication()
              ? Math.min(answerDeadlineMillis, keepAlive.deadlineMillis())
              : keepAlive.deadlineMillis();
      case DISCONNECTED -> NO_DEADLINE;
    };
  }

  @Override
  public void timeout(long nowMillis) {
    if (nowMillis < deadlineMillis()) {
      return;
    }
    if (state == ClientState.CONNECTING) {
      end(DisconnectCause.CONNECT_TIMEOUT, ReasonCode.UNSPECIFIED_ERROR, Status.CLOSED);
    } else if (awaitsAuthentication() && nowMillis >= answerDeadlineMillis) {
      transmitter.send(
          new Disconnect(ReasonCode.UNSPECIFIED_ERROR, Properties.EMPTY),
          nowMillis); // [MQTT5-4.12.1-2]
      end(
          DisconnectCause.AUTHENTICATION_TIMEOUT,
          ReasonCode.UNSPECIFIED_ERROR,
          Status.CLOSE_AFTER_FLUSH);
    } else if (keepAlive.isSilentTooLong(nowMillis)
        && (transmitter.isChoked() || !awaitsDecision())) {
      end(DisconnectCause.PING_TIMEOUT, ReasonCode.KEEP_ALIVE_TIMEOUT, Status.CLOSED);
    } else {
      if (keepAlive.isSilentTooLong(nowMillis)) {
        keepAlive.received(nowMillis); // it is us who do not read
      }
      if (keepAlive.isPingDue(nowMillis)) {
        sendPing(nowMillis); // [MQTT5-3.1.2-20]
      }
    }
  }

  @Override
  public Status status() {
    return status;
  }

  // ---- commands

  /** Sends CONNECT; once per connection. */
  public void connect(ConnectOptions how, long nowMillis) {
    if (state != ClientState.DISCONNECTED || ended) {
      throw new IllegalStateException("connect only once");
    }
    Connect wanted = how.connect();
    String id = wanted.clientId().isEmpty() ? session.clientId() : wanted.clientId();
    session.checkFreeFor(id);
    Connect connect =
        new Connect(
            wanted.version(),
            wanted.cleanStart(),
            wanted.keepAliveSeconds(),
            id,
            wanted.will(),
            wanted.userName(),
            wanted.password(),
            wanted.properties());
    transmitter.version(connect.version());
    transmitter.send(connect, nowMillis); // [MQTT5-3.1.0-1]; what cannot be sent throws here
    session.attach(this);
    options = how;
    Properties properties = connect.properties();
    if (connect.version().isMqtt5()) {
      authentication = new Authentication(properties.text(Property.AUTHENTICATION_METHOD));
    }
    decoder.version(connect.version());
    decoder.maximumPacketSize(
        properties.integer(Property.MAXIMUM_PACKET_SIZE, ServerTerms.LARGEST_PACKET_BYTES));
    state = ClientState.CONNECTING;
    answerDeadlineMillis = nowMillis + how.connectTimeoutMillis();
  }

  /**
   * The server has proved who it is, see {@link ConnectOptions#serverProof}: the session begins or
   * goes on. Harmless when the connection has ended.
   */
  public void trust(long nowMillis) {
    Exchange proved = unproved;
    if (proved != null) {
      unproved = null;
      begin(proved, nowMillis);
      wake.changed(); // what has come meanwhile is looked at
    }
  }

  /**
   * Publishes a message; its bytes are copied. Before MQTT 5 the properties stay behind.
   *
   * @return the packet identifier that {@link ClientEvent.Acknowledged} will name, or 0 at QoS 0
   * @throws RefusedException when the server would not take it, or too many wait already
   */
  public int publish(
      TopicName topic,
      Bytes payload,
      QoS qos,
      boolean retain,
      Properties properties,
      long nowMillis) {
    if (topic.isEmpty()) {
      throw new IllegalArgumentException("empty Topic Name");
    }
    if (properties.has(Property.SUBSCRIPTION_IDENTIFIER)
        || properties.has(Property.TOPIC_ALIAS)) { // [MQTT5-3.3.4-6]
      throw new IllegalArgumentException("identifiers and aliases are not the publisher's");
    }
    return connected().outgoing.publish(topic, payload, qos, retain, properties, nowMillis);
  }

  /**
   * As above, with a message that has bytes of its own. Before MQTT 5 the properties stay behind.
   */
  public int publish(Message message, long nowMillis) {
    return connected().outgoing.publish(message, nowMillis);
  }

  /**
   * Sends PUBREL for a message whose {@link ClientEvent.Received} has come on this connection; its
   * identifier is past PUBREC from now on, also on the next one.
   *
   * @return false when there is nothing to release on this connection
   */
  public boolean release(int packetId, long nowMillis) {
    Exchange current = exchange;
    return current != null && current.outgoing.release(packetId, nowMillis);
  }

  /**
   * Subscribes to each filter that is new or whose options differ; the others are only counted.
   *
   * @param properties may hold a Subscription Identifier and User Properties
   * @return the packet identifier that {@link ClientEvent.Subscribed} will name, or 0 when there is
   *     nothing to send
   */
  public int subscribe(List<Subscribe.Entry> entries, Properties properties, long nowMillis) {
    return connected().requests.subscribe(entries, properties, nowMillis);
  }

  /**
   * Counts each filter down and unsubscribes from those that nobody is left for.
   *
   * @return the packet identifier that {@link ClientEvent.Unsubscribed} will name, or 0 when there
   *     is nothing to send
   * @throws RefusedException for a filter that is not subscribed; nothing is counted then
   */
  public int unsubscribe(List<String> filters, Properties properties, long nowMillis) {
    return connected().requests.unsubscribe(filters, properties, nowMillis);
  }

  /**
   * Unsubscribes from filters that this client has not subscribed to: an earlier one may have left
   * them in the session. Sent again on the next connection unless it is answered.
   *
   * @return the packet identifier that {@link ClientEvent.Unsubscribed} will name
   * @throws IllegalArgumentException for a filter that this client has subscribed to
   */
  public int leave(List<String> filters, Properties properties, long nowMillis) {
    return connected().requests.leave(filters, properties, nowMillis);
  }

  /** Sends PINGREQ; {@link ClientEvent.PingAnswered} follows. */
  public void ping(long nowMillis) {
    connected();
    pingByOwner = true;
    sendPing(nowMillis);
  }

  /**
   * Acknowledges a message that was handed out; the reply leaves when all earlier ones have.
   *
   * @param reasonCode one of PUBACK and PUBREC; before MQTT 5 it always becomes success
   * @return false when nothing is owed for this identifier on this connection
   */
  public boolean acknowledge(int packetId, ReasonCode reasonCode, long nowMillis) {
    if (!reasonCode.allowedIn(PacketType.PUBACK)) {
      throw new IllegalArgumentException(reasonCode + " is not a reason code of PUBACK");
    }
    Exchange current = exchange;
    return current != null && current.incoming.decide(packetId, reasonCode, nowMillis);
  }

  /**
   * Continues an authentication or, with 0x19, starts a new one. The method is added.
   *
   * @param properties Authentication Data and others
   */
  public void auth(ReasonCode reasonCode, Properties properties, long nowMillis) {
    if (state == ClientState.DISCONNECTED) {
      throw new RefusedException(Refusal.NOT_CONNECTED, "AUTH");
    }
    Auth auth = authentication.next(reasonCode, properties);
    if (!transmitter.fits(auth)) {
      throw new RefusedException(Refusal.PACKET_TOO_LARGE, "AUTH");
    }
    transmitter.send(auth, nowMillis);
    authentication.sent(auth);
    answerDeadlineMillis = nowMillis + options().connectTimeoutMillis();
  }

  /**
   * Sends DISCONNECT and ends; harmless when the connection has ended already. Before MQTT 5 only a
   * normal end can be said, so any other reason closes without a word, and the Will is published.
   *
   * @param properties may hold a Session Expiry Interval, a Reason String, User Properties; they
   *     stay behind when the packet would be larger than the server takes
   */
  public void disconnect(ReasonCode reasonCode, Properties properties, long nowMillis) {
    if (ended) {
      return;
    }
    if (state == ClientState.DISCONNECTED) {
      end(DisconnectCause.REQUESTED, reasonCode, Status.CLOSED);
      return;
    }
    boolean five = transmitter.version().isMqtt5();
    long requested = ServerTerms.requestedExpirySeconds(options().connect());
    if (five && requested == 0 && properties.integer(Property.SESSION_EXPIRY_INTERVAL, 0) > 0) {
      throw new IllegalArgumentException("Session Expiry Interval cannot be raised from 0");
    }
    if (five || reasonCode == ReasonCode.SUCCESS) {
      Disconnect full = new Disconnect(reasonCode, properties);
      boolean fits = transmitter.fits(full); // [MQTT5-3.2.2-15]
      transmitter.send(fits ? full : new Disconnect(reasonCode, Properties.EMPTY), nowMillis);
    } else {
      wake.changed(); // that it is to be closed
    }
    end(DisconnectCause.REQUESTED, reasonCode, Status.CLOSE_AFTER_FLUSH); // [MQTT5-3.14.4-1]
  }

  // ---- queries

  public ClientState state() {
    return state;
  }

  public ClientSession session() {
    return session;
  }

  public MqttVersion version() {
    return transmitter.version();
  }

  /** Whether commands about messages are taken: from CONNACK, or {@link #trust}, to the end. */
  public boolean isExchanging() {
    return exchange != null;
  }

  /** What holds on this connection, or null before CONNACK. */
  public @Nullable ServerTerms terms() {
    Exchange current = exchange == null ? unproved : exchange;
    return current == null ? null : current.terms;
  }

  /** {@link ClientEvent.RoomAgain} comes once, as soon as {@link #hasRoomAtQos0} holds. */
  public void tellWhenThereIsRoom() {
    roomWanted = true;
  }

  /** A message of QoS 1 or 2 that is published now would be sent at once. */
  public boolean hasRoom() {
    Exchange current = exchange;
    return current != null && current.outgoing.hasRoom();
  }

  /** The outbox has room: a message of QoS 0 would be taken. */
  public boolean hasRoomAtQos0() {
    return exchange != null && transmitter.hasRoom();
  }

  /** Whether the server takes retained messages; true as long as it has not said otherwise. */
  public boolean mayRetain() {
    ServerTerms terms = terms();
    return terms == null || terms.retainAvailable();
  }

  /** The highest QoS that the server takes. */
  public QoS maximumQos() {
    ServerTerms terms = terms();
    return terms == null ? QoS.EXACTLY_ONCE : terms.maximumQos();
  }

  /** The Authentication Method of CONNECT, or null; before MQTT 5 there is none. */
  public @Nullable String authenticationMethod() {
    return authentication.method();
  }

  // ---- what arrives

  private @Nullable MqttPacket next() {
    boolean mayBeLegacy = state == ClientState.CONNECTING && version().isMqtt5();
    if (mayBeLegacy && Handshake.takesLegacyRefusal(in)) {
      return Handshake.legacyRefusal();
    }
    MqttPacket packet = decoder.next(in);
    if (packet != null && log != null) {
      log.received(packet.type(), packet.packetId(), decoder.lastSizeBytes());
    }
    return packet;
  }

  private void handle(MqttPacket packet, long nowMillis) {
    PacketType type = packet.type();
    if (!state.accepts(type) || (type == PacketType.DISCONNECT && !version().isMqtt5())) {
      throw unexpected(type);
    }
    Exchange current = exchange;
    if (current != null && current.handle(packet, nowMillis)) {
      return;
    }
    if (packet instanceof ConnAck connAck) {
      onConnAck(connAck, nowMillis);
    } else if (packet instanceof Auth auth) {
      onAuth(auth, nowMillis);
    } else if (packet instanceof Disconnect disconnect) {
      onDisconnect(disconnect);
    } else if (packet instanceof PingResp) {
      onPingResp(nowMillis);
    }
  }

  private void onConnAck(ConnAck connAck, long nowMillis) {
    if (connAck.reasonCode().isError()) {
      Handshake.checkRefusal(connAck);
      events.add(new ClientEvent.ConnectRefused(connAck.reasonCode(), connAck.properties()));
      end(
          new ClientEvent.Disconnected(
              DisconnectCause.REFUSED, connAck.reasonCode(), connAck.properties(), null),
          Status.CLOSED);
      return;
    }
    authentication.onConnAck(connAck);
    ConnectOptions how = options();
    Connect connect = how.connect();
    ServerTerms terms = Handshake.accept(connAck, connect, session);
    state = ClientState.CONNECTED;
    transmitter.maximumPacketSize(terms.maximumPacketSizeBytes());
    transmitter.outboxBytes(how.outboxBytes());
    keepAlive.start(terms.keepAliveSeconds() * 1000L, how.pingTimeoutMillis(), nowMillis);
    String assigned = terms.assignedClientId();
    String own = connect.clientId();
    session.established(!own.isEmpty() ? own : assigned != null ? assigned : session.clientId());
    events.add(new ClientEvent.Connected(terms.sessionPresent(), connAck.properties()));
    Exchange accepted = new Exchange(session, transmitter, events, how, terms);
    if (how.serverProof()) {
      unproved = accepted;
      answerDeadlineMillis = nowMillis + how.connectTimeoutMillis();
    } else {
      begin(accepted, nowMillis);
    }
  }

  private void begin(Exchange accepted, long nowMillis) {
    exchange = accepted;
    accepted.start(nowMillis);
  }

  /** An AUTH of the server is due, or its proof. */
  private boolean awaitsAuthentication() {
    return unproved != null || authentication.isAwaited();
  }

  private void onAuth(Auth auth, long nowMillis) {
    Exchange.checkProblemInformation(options().connect(), auth.properties());
    authentication.onAuth(auth);
    answerDeadlineMillis = nowMillis + options().connectTimeoutMillis();
    events.add(new ClientEvent.AuthReceived(auth.reasonCode(), auth.properties()));
  }

  private void onPingResp(long nowMillis) {
    long roundTripMillis = keepAlive.answered(nowMillis);
    if (pingByOwner && roundTripMillis >= 0) {
      pingByOwner = false;
      events.add(new ClientEvent.PingAnswered(roundTripMillis));
    }
  }

  private void onDisconnect(Disconnect disconnect) {
    if (disconnect.properties().has(Property.SESSION_EXPIRY_INTERVAL)) {
      throw violation(Statement.MQTT5_3_14_2_2, "Session Expiry Interval from a server");
    }
    if (disconnect.reasonCode() == ReasonCode.SESSION_TAKEN_OVER) {
      session.doubt();
    }
    end(
        new ClientEvent.Disconnected(
            DisconnectCause.SERVER_DISCONNECT,
            disconnect.reasonCode(),
            disconnect.properties(),
            null),
        Status.CLOSED); // [MQTT5-3.14.4-2]
  }

  private MqttViolation unexpected(PacketType type) {
    return switch (state) {
      case DISCONNECTED -> violation(null, type + " before CONNECT");
      case CONNECTING ->
          violation(
              version().isMqtt5() ? Statement.MQTT5_3_2_0_1 : Statement.MQTT3_3_2_0_1,
              type + " before CONNACK");
      case CONNECTED ->
          type == PacketType.CONNACK
              ? violation(Statement.MQTT5_3_2_0_2, "second CONNACK")
              : violation(null, type + " only flows from client to server");
    };
  }

  // ---- what leaves

  private void sendPing(long nowMillis) {
    transmitter.send(PingReq.INSTANCE, nowMillis);
    keepAlive.pinged(nowMillis);
  }

  /** Tells the server what it did wrong, if the version has words for it, and ends. */
  private void answer(MqttViolation violation, long nowMillis) {
    if (state != ClientState.DISCONNECTED && version().isMqtt5()) {
      transmitter.send(
          new Disconnect(violation.reasonCode(), Properties.EMPTY), nowMillis); // [MQTT5-4.13.1-1]
    }
    end(
        new ClientEvent.Disconnected(
            DisconnectCause.VIOLATION, violation.reasonCode(), Properties.EMPTY, violation),
        Status.CLOSE_AFTER_FLUSH);
  }

  private void end(DisconnectCause cause, ReasonCode reasonCode, Status last) {
    end(new ClientEvent.Disconnected(cause, reasonCode, Properties.EMPTY, null), last);
  }

  private void end(ClientEvent.Disconnected event, Status last) {
    Exchange current = exchange;
    if (current != null) {
      current.requests.abandon();
      exchange = null;
    }
    unproved = null;
    if (state == ClientState.CONNECTING && event.cause() != DisconnectCause.REFUSED) {
      session.doubt(); // the server may have begun a new one, and its CONNACK be lost
    }
    ended = true;
    state = ClientState.DISCONNECTED;
    status = last;
    session.detach(this);
    in.clear();
    events.add(event);
  }

  private Exchange connected() {
    Exchange current = exchange;
    if (current == null) {
      throw new RefusedException(Refusal.NOT_CONNECTED, state.name());
    }
    return current;
  }

  private ConnectOptions options() {
    ConnectOptions how = options;
    if (how == null) {
      throw new IllegalStateException("connect first");
    }
    return how;
  }

  private static MqttViolation violation(@Nullable Statement statement, String detail) {
    return new MqttViolation(ReasonCode.PROTOCOL_ERROR, statement, detail);
  }
}
