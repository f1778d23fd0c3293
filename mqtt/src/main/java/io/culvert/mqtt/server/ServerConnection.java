package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.ReasonCode.PROTOCOL_ERROR;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.HeapBytes;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.engine.Wake;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.PacketSender;
import io.culvert.mqtt.session.ReceivedIds;
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
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.UnsubAck;
import io.culvert.mqtt.wire.Unsubscribe;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of one MQTT connection, of any version, as a state machine without I/O.
 *
 * <p>Events that await a decision (CONNECT, AUTH, SUBSCRIBE, UNSUBSCRIBE) stop it until the
 * decision is given; what has arrived behind them waits unparsed. A PUBLISH does not stop it: its
 * acknowledgement is a later command, and acknowledgements leave in order of arrival. The good
 * prefix of a chunk is always delivered before the violation that follows it.
 */
public final class ServerConnection implements Engine<ServerEvent> {
  /**
   * Enough for five fields of the greatest length and many properties: a stranger cannot make us
   * hold more.
   */
  private static final long LARGEST_CONNECT_BYTES = 512 * 1024;

  private static final Login NO_LOGIN = Login.of(null);

  private static final Properties LOGIN_IS_OVER =
      Properties.builder()
          .put(Property.REASON_STRING, "what this client logged in with is not valid any more")
          .build();

  /** This object and what the driver has for it, roughly. */
  private static final int OVERHEAD_BYTES = 2048;

  /**
   * Messages of one client before the others have their turn: a fraction of a millisecond's work
   * where they are as small as can be.
   */
  private static final int MESSAGES_IN_A_ROW = 1000;

  /** The same where its messages are large or have many readers: bytes that these are sent. */
  private static final int FANNED_OUT_IN_A_ROW_BYTES = 1024 * 1024;

  /** A driver reads no more from a client that has to wait, while that is there. */
  private static final int READ_AHEAD_BYTES = 256 * 1024;

  private static final String OVERRUN =
      "more came while the client had to wait than there is memory for";

  /** While memory is short, an outbox may hold a sixteenth of what it else may. */
  private static final int SHORT_OUTBOX_PART = 16;

  private enum State {
    AWAITING_CONNECT,
    /** CONNECT has named an Authentication Method, whose exchange goes on. */
    AUTHENTICATING,
    CONNECT_REQUESTED,
    CONNECTED,
    ENDED
  }

  private final Limits limits;
  private final Wake wake;
  private final @Nullable PacketLog log;
  private final MqttDecoder decoder;
  private final ReceiveBuffer in = new ReceiveBuffer();
  private final BufferPool pool;
  private final Outbox out;
  private final PacketSender sender;
  private final long openedMillis;
  private final Quota connectingBytes;
  private final ByteBudget budget;

  private State state = State.AWAITING_CONNECT;
  private Status status = Status.OPEN;
  private boolean awaitsDecision;
  private boolean peerEnded;
  private @Nullable LocalPublisher publisher;
  private ServerEvent.@Nullable Disconnected ended;
  private @Nullable Session session;
  private @Nullable IncomingMessages incoming;

  /** Its QoS 2 messages on which a decision is still to come though it has ended. */
  private @Nullable ReceivedIds undecided;

  private @Nullable Authentication authentication;
  private @Nullable Throttle throttle;

  private int requestId;
  private long keepAliveMillis;
  private long lastReceivedMillis;
  private long pollAtMillis = NO_DEADLINE;
  private long connectExpirySeconds;
  private int heldAsStrangerBytes;
  private int unfinishedBytes;
  private int weightInARow;
  private boolean isResting;

  /** Of what came while it had to wait, something was not kept. */
  private boolean hasOverrun;

  private @Nullable Login login;
  private @Nullable Object peer;
  private long heldBytes;
  private long outboxBytes;

  /** A connection that shares nothing with others. */
  public ServerConnection(
      Limits limits, BufferPool pool, Wake wake, @Nullable PacketLog log, long nowMillis) {
    this(limits, Quota.local(), ByteBudget.unlimited(), pool, wake, log, nowMillis);
  }

  /**
   * One of a {@link Broker}.
   *
   * @param connectingBytes what the unfinished packets of all that are not let in yet hold
   * @param pool of this thread
   * @param wake told when the outbox or the status changed outside of the driver's own calls
   * @param log told of each packet, or null
   */
  ServerConnection(
      Limits limits,
      Quota connectingBytes,
      ByteBudget budget,
      BufferPool pool,
      Wake wake,
      @Nullable PacketLog log,
      long nowMillis) {
    this.limits = limits;
    this.connectingBytes = connectingBytes;
    this.budget = budget;
    this.wake = wake;
    this.log = log;
    this.decoder =
        new MqttDecoder(Math.min(LARGEST_CONNECT_BYTES, limits.maximumPacketSizeBytes()));
    this.pool = pool;
    this.out = new Outbox(pool);
    this.sender = new PacketSender(out, log);
    this.openedMillis = nowMillis;
    this.lastReceivedMillis = nowMillis;
    decoder.maximumUserProperties(limits.userProperties());
    count();
  }

  @Override
  public void receive(Bytes chunk) {
    hasOverrun = hasOverrun || overruns();
    if (status == Status.OPEN && !hasOverrun) {
      in.add(chunk);
    }
  }

  /**
   * Whoever has hung up is read to the end, also while it has to wait: that may be all that its
   * kernel and ours have taken from it, many megabytes. Beyond what is read ahead of any client it
   * is kept while there is memory for as much again; else this is the end.
   */
  private boolean overruns() {
    return in.readable() >= READ_AHEAD_BYTES
        && awaitsDecision()
        && !budget.hasRoom(READ_AHEAD_BYTES);
  }

  @Override
  public void receiveEnd() {
    peerEnded = true;
  }

  @Override
  public @Nullable ServerEvent poll(long nowMillis) {
    ServerEvent event = next(nowMillis);
    if (event == null) {
      endRow();
      in.keep();
      String excess = excess();
      if (excess != null) {
        answer(new MqttViolation(ReasonCode.QUOTA_EXCEEDED, null, excess));
        return next(nowMillis);
      }
      Session current = session;
      if (state == State.CONNECTED && current != null) {
        current.outgoing().pump(nowMillis);
        current.count();
      }
      count();
      budget.refresh();
    }
    return event;
  }

  @Override
  public boolean awaitsDecision() {
    return ownerIsAsked() || isHeld() || isPaused() || isResting || (isChoked() && !peerEnded);
  }

  @Override
  public Outbox outbox() {
    return out;
  }

  @Override
  public long deadlineMillis() {
    return switch (state) {
      case AWAITING_CONNECT -> openedMillis + limits.connectTimeoutMillis();
      case AUTHENTICATING -> authenticationDeadlineMillis();
      case CONNECTED ->
          Math.min(
              pollAtMillis,
              Math.min(
                  Math.min(unreadDeadlineMillis(), authenticationDeadlineMillis()),
                  login().endsAtMillis()));
      case CONNECT_REQUESTED, ENDED -> NO_DEADLINE;
    };
  }

  @Override
  public void timeout(long nowMillis) {
    if (nowMillis >= pollAtMillis) {
      pollAtMillis = NO_DEADLINE;
      wake.changed();
    }
    if (nowMillis < deadlineMillis()) {
      return;
    }
    if (state == State.CONNECTED && nowMillis >= login().endsAtMillis()) {
      endLogin();
    } else if (nowMillis >= authenticationDeadlineMillis()) {
      boolean ours = awaitsDecision;
      failAuth(
          ours ? ReasonCode.SERVER_BUSY : ReasonCode.NOT_AUTHORIZED,
          ours ? "no decision in time" : "no AUTH in time",
          DisconnectCause.CONNECT_TIMEOUT); // [MQTT5-4.12.0-4]
    } else if (isResting) {
      isResting = false;
      wake.changed();
    } else if (throttle != null && throttle.isPaused()) {
      lastReceivedMillis = nowMillis;
      throttle.resume();
      wake.changed();
    } else if (isHeld()) {
      lastReceivedMillis = nowMillis;
      publisher().expired(nowMillis);
    } else if (ownerIsAsked()) {
      lastReceivedMillis = nowMillis; // it is us who do not read
    } else if (state == State.CONNECTED) {
      disconnect(
          ReasonCode.KEEP_ALIVE_TIMEOUT, DisconnectCause.KEEP_ALIVE_TIMEOUT); // [MQTT5-3.1.2-22]
    } else {
      end(DisconnectCause.CONNECT_TIMEOUT, null, null);
    }
  }

  @Override
  public Status status() {
    return status;
  }

  // ---- decisions

  /** The CONNECT is not decided, and the client is still there. */
  boolean isAwaitingConnectDecision() {
    return state == State.CONNECT_REQUESTED;
  }

  /** Whether CONNACK with these properties is no larger than the client takes. */
  boolean fitsConnAck(Properties properties) {
    return sender.fits(new ConnAck(false, ReasonCode.SUCCESS, authenticated(properties)));
  }

  /**
   * Asks the client for the next step of its authentication; {@link ServerEvent.AuthContinued}
   * follows.
   *
   * @param data of the method, or null for none
   */
  public void continueAuth(@Nullable Bytes data) {
    Authentication current = authentication;
    if (current == null || !current.awaitsDecision()) {
      return; // it has ended while somebody decided
    }
    Auth challenge = current.challenge(data);
    if (sender.fits(challenge)) {
      sender.send(challenge);
      awaitsDecision = false;
      wake.changed();
    } else {
      rejectAuth(ReasonCode.PACKET_TOO_LARGE, "AUTH would be larger than the client takes");
    }
  }

  /**
   * The client is who it says. Where CONNECT began this, {@link Broker#connect} decides on it now;
   * a client that was connected before must still be the same user.
   *
   * @param data of the method, for CONNACK or AUTH; null for none
   */
  public void acceptAuth(String userName, @Nullable Bytes data) {
    Authentication current = authentication;
    if (current == null || !current.awaitsDecision()) {
      return;
    }
    if (state == State.AUTHENTICATING) {
      current.succeed(userName, data);
      decoder.maximumPacketSize(limits.maximumPacketSizeBytes());
      state = State.CONNECT_REQUESTED;
    } else if (userName.equals(current.userName())) {
      current.succeed(userName, data);
      reply(current.success());
      current.sent();
    } else {
      rejectAuth(ReasonCode.NOT_AUTHORIZED, "another user than at CONNECT");
    }
  }

  /**
   * Refuses the CONNECT whose authentication goes on, or ends the connection whose client could not
   * authenticate again.
   *
   * @param reasonCode one of CONNACK; DISCONNECT says 0x87 where it does not know it
   * @param reason in words, for the client
   */
  public void rejectAuth(ReasonCode reasonCode, String reason) {
    Authentication current = authentication;
    if (current != null && current.isRunning()) {
      failAuth(reasonCode, reason, DisconnectCause.REFUSED);
    }
  }

  /**
   * The client has proven who it is by what CONNECT itself brought. {@link Broker#connect} decides
   * on it now.
   */
  public void loggedIn(Login proven) {
    if (state == State.CONNECT_REQUESTED) {
      login = proven;
    }
  }

  /** The session that its CONNECT will have, before that is accepted. */
  void join(Session joined) {
    session = joined;
    joined.userName(userName());
  }

  /** Accepts the CONNECT; the broker has made or found the session. */
  void acceptConnect(
      Session accepted,
      boolean sessionPresent,
      int keepAliveSeconds,
      Properties properties,
      long nowMillis) {
    if (state != State.CONNECT_REQUESTED) {
      return;
    }
    state = State.CONNECTED;
    lastReceivedMillis = nowMillis; // nobody has read since CONNECT
    awaitsDecision = false;
    join(accepted);
    throttle = Throttle.of(limits, accepted.counters(), nowMillis);
    keepAliveMillis = keepAliveSeconds * 1000L;
    // [MQTT5-3.1.4-5]
    send(new ConnAck(sessionPresent, ReasonCode.SUCCESS, authenticated(properties)));
    if (authentication != null) {
      authentication.sent();
    }
    wake.changed();
  }

  /** Refuses the CONNECT with CONNACK and closes. */
  public void rejectConnect(ReasonCode reasonCode) {
    rejectConnect(reasonCode, Reasons.of(PacketType.CONNACK, reasonCode));
  }

  /** As above, with properties such as a Reason String or a Server Reference. */
  public void rejectConnect(ReasonCode reasonCode, Properties properties) {
    if (state == State.CONNECT_REQUESTED) {
      refuse(reasonCode, properties);
      end(DisconnectCause.REFUSED, null, null); // [MQTT5-3.1.4-2], [MQTT5-3.2.2-7]
      wake.changed();
    }
  }

  /** Answers the SUBSCRIBE: one reason code for each of its requests, in their order. */
  public void acceptSubscribe(List<ReasonCode> reasonCodes) {
    SubAck plain = new SubAck(requestId, reasonCodes, Properties.EMPTY); // [MQTT5-3.8.4-2]
    Properties why = why(PacketType.SUBACK, reasonCodes);
    reply(why.isEmpty() ? plain : new SubAck(requestId, reasonCodes, why), plain);
  }

  /** Answers the UNSUBSCRIBE: one reason code for each of its filters, in their order. */
  public void acceptUnsubscribe(List<ReasonCode> reasonCodes) {
    UnsubAck plain = new UnsubAck(requestId, reasonCodes, Properties.EMPTY); // [MQTT5-3.10.4-5]
    Properties why = why(PacketType.UNSUBACK, reasonCodes);
    reply(why.isEmpty() ? plain : new UnsubAck(requestId, reasonCodes, why), plain);
  }

  /**
   * Answers a PUBLISH of QoS 1 or 2; the reply leaves when all earlier ones have. When the
   * connection has ended, a decision on QoS 2 still counts for the session: its next connection
   * answers the repetition with it.
   */
  public void acceptPublish(int packetId, ReasonCode reasonCode) {
    Session current = session;
    if (state == State.CONNECTED) {
      decide(packetId, reasonCode);
    } else if (current != null && undecided != null && undecided.remove(packetId)) {
      current.decideLate(packetId, reasonCode);
    }
  }

  /** As {@link #acceptPublish} for a PUBLISH that came on this connection. */
  void decide(int packetId, ReasonCode reasonCode) {
    IncomingMessages messages = incoming;
    if (messages != null && messages.decide(packetId, reasonCode)) {
      wake.changed();
    }
  }

  /** Ends the connection for a reason of the server's; an MQTT 5 client is told. */
  public void disconnect(ReasonCode reasonCode, DisconnectCause cause) {
    disconnect(reasonCode, cause, Reasons.of(PacketType.DISCONNECT, reasonCode));
  }

  /** As above, with properties such as a Server Reference. */
  public void disconnect(ReasonCode reasonCode, DisconnectCause cause, Properties properties) {
    if (state == State.ENDED) {
      return;
    }
    if (state == State.CONNECTED) {
      sendDisconnect(reasonCode, properties);
    } else if (isConnecting()) {
      boolean isKnown = reasonCode.allowedIn(PacketType.CONNACK);
      refuse(isKnown ? reasonCode : ReasonCode.SERVER_UNAVAILABLE, properties);
    }
    end(cause, null, null);
    wake.changed();
  }

  /**
   * Nobody drives it any more, so that decisions that are still to come mean nothing; false where
   * it has ended before.
   */
  boolean abandon(DisconnectCause cause) {
    if (state == State.ENDED) {
      return false;
    }
    status = Status.CLOSED;
    end(cause, null, null);
    ended = null;
    return true;
  }

  // ---- queries

  /** The session, from the accepted CONNECT on. */
  public @Nullable Session session() {
    return session;
  }

  public MqttVersion version() {
    return sender.version();
  }

  public boolean isConnected() {
    return state == State.CONNECTED;
  }

  /** Where it comes from, in words. */
  String origin() {
    return peer == null ? "an unknown address" : peer.toString();
  }

  /** Nothing more comes from the client, although it may not be known as ended yet. */
  boolean hasPeerEnded() {
    return peerEnded;
  }

  /** Who the client has proven to be, or null where it had nothing to prove. */
  public @Nullable String userName() {
    Authentication current = authentication;
    return current == null ? login().userName() : current.userName();
  }

  /** What whoever let it in says that it may do, or null where that says nothing. */
  @Nullable Permissions granted() {
    return login().granted();
  }

  /**
   * Whoever drives it tells what it knows of the other end, for {@link #view}.
   *
   * @param known its text is what people who read the log want to know
   */
  public void peer(Object known) {
    peer = known;
  }

  /** What was told of the other end, or null. */
  public @Nullable Object peer() {
    return peer;
  }

  ConnectionView view(long nowMillis) {
    return new ConnectionView(
        peer,
        version(),
        (nowMillis - openedMillis) / 1000,
        (int) (keepAliveMillis / 1000),
        out.pendingBytes());
  }

  /** Tells the budget what it holds. */
  private void count() {
    IncomingMessages messages = incoming;
    long now =
        state == State.ENDED
            ? 0
            : OVERHEAD_BYTES
                + in.heapBytes()
                + HeapBytes.of(out.ownBytes())
                + sender.heldBytes()
                + (messages == null ? 0 : messages.heldBytes());
    outboxBytes = HeapBytes.of(out.ownBytes());
    if (now != heldBytes) {
      budget.held().add(now - heldBytes);
      heldBytes = now;
    }
    budget.shared(pool.sharedBytes());
  }

  /** The same for what one more message in the outbox has changed. */
  private void countOutbox() {
    long now = HeapBytes.of(out.ownBytes());
    if (now != outboxBytes) {
      budget.held().add(now - outboxBytes);
      heldBytes += now - outboxBytes;
      outboxBytes = now;
      budget.refreshIfDue(); // very many messages may follow before poll is over
    }
    budget.shared(pool.sharedBytes());
  }

  /** It is not served at all: nobody was told of it. */
  void refuse() {
    state = State.ENDED;
    status = Status.CLOSED;
    count();
  }

  /** Bytes of memory in its buffers: none while nothing is half read or unsent. */
  int heldBytes() {
    return in.heldBytes() + out.array().length;
  }

  /** As a publisher, which a slow reader may hold up; from the accepted CONNECT on. */
  LocalPublisher publisher() {
    LocalPublisher known = publisher;
    if (known == null) {
      known = new LocalPublisher(this, connected(), wake);
      publisher = known;
    }
    return known;
  }

  private boolean isHeld() {
    LocalPublisher known = publisher;
    return known != null && known.isHeld();
  }

  private boolean isPaused() {
    Throttle own = throttle;
    return own != null && own.isPaused();
  }

  // ---- for the session

  /** Takes another message now; never behind a DISCONNECT [MQTT5-3.14.4-1]. */
  boolean hasRoom() {
    if (state != State.CONNECTED) {
      return false;
    }
    long waits = out.pendingBytes();
    return waits == 0
        || (waits < limits.outboxBytes() / SHORT_OUTBOX_PART && !budget.isScarce())
        || (waits < limits.outboxBytes() && !budget.isHigh());
  }

  /** As {@link #hasRoom} for a client that keeps up, also while memory is scarce. */
  boolean hasLittleRoom() {
    long waits = out.pendingBytes();
    return state == State.CONNECTED
        && waits < limits.outboxBytes() / SHORT_OUTBOX_PART
        && budget.grants(waits);
  }

  /** Nothing waits for its client. */
  boolean hasSentAll() {
    return out.isEmpty();
  }

  /** There is more to send than one call of {@link #poll} should look at. */
  void pollAgain() {
    wake.changed();
  }

  /** There will be more to send at that time. */
  void pollAt(long atMillis) {
    if (pollAtMillis != atMillis) {
      pollAtMillis = atMillis;
      wake.changed();
    }
  }

  boolean isPolledLater() {
    return pollAtMillis != NO_DEADLINE;
  }

  /** The client takes a packet of this size. */
  boolean fits(Delivery delivery, long nowMillis) {
    return sender.fits(delivery, nowMillis);
  }

  void sendPublish(Delivery delivery, int packetId, boolean dup, long nowMillis) {
    sender.sendPublish(delivery, packetId, dup, nowMillis);
    countOutbox();
    wake.changed();
  }

  void sendPubRel(int packetId, ReasonCode reasonCode) {
    sender.sendAck(PacketType.PUBREL, packetId, reasonCode);
  }

  // ---- what arrives

  private boolean ownerIsAsked() {
    IncomingMessages messages = incoming;
    return awaitsDecision || (messages != null && messages.isFull());
  }

  /**
   * The client asks and does not read the answers: more than the messages that {@link #hasRoom}
   * lets in wait for it, or more than there is memory for. What it has sent is looked at when it
   * has read.
   */
  private boolean isChoked() {
    long waits = out.pendingBytes();
    return waits > limits.outboxBytes() + limits.maximumPacketSizeBytes()
        || (waits > 0 && !budget.grants(waits));
  }

  /** What is too much of what has come, or null: one that does not grow is left in peace. */
  private @Nullable String excess() {
    int before = unfinishedBytes;
    unfinishedBytes = awaitsDecision() ? 0 : in.heldBytes(); // else there may be whole packets
    if (strangersHoldTooMuch()) {
      return "unfinished CONNECT among too many others";
    }
    return unfinishedBytes > before && !budget.grants(unfinishedBytes)
        ? "unfinished packet for which there is no memory now"
        : null;
  }

  /** This one holds more than before, and all who are not let in yet hold more than they may. */
  private boolean strangersHoldTooMuch() {
    int before = heldAsStrangerBytes;
    boolean isStranger = state == State.AWAITING_CONNECT || state == State.AUTHENTICATING;
    holdAsStranger(isStranger ? in.heldBytes() : 0);
    return heldAsStrangerBytes > before && connectingBytes.held() > limits.connectingBytes();
  }

  private void holdAsStranger(int bytes) {
    if (bytes != heldAsStrangerBytes) {
      connectingBytes.add(bytes - heldAsStrangerBytes);
      heldAsStrangerBytes = bytes;
    }
  }

  private @Nullable ServerEvent next(long nowMillis) {
    while (state != State.ENDED && !awaitsDecision()) {
      try {
        MqttPacket packet = decoder.next(in);
        if (packet == null) {
          break;
        }
        lastReceivedMillis = nowMillis;
        PacketType type = Objects.requireNonNull(decoder.lastType());
        countInARow(type);
        if (log != null) {
          log.received(type, packet.packetId(), decoder.lastSizeBytes());
        }
        ServerEvent event = handle(type, packet, nowMillis);
        if (throttle != null && !isReauthenticating()) { // which has a time limit
          throttle.took(type, decoder.lastSizeBytes(), nowMillis);
        }
        if (event != null) {
          return event;
        }
      } catch (MqttViolation violation) {
        // A second CONNECT may name another version than the connection has.
        answer(violation.in(state == State.CONNECTED ? version() : decoder.version()));
      }
    }
    if (hasOverrun && !awaitsDecision() && state != State.ENDED) {
      answer(new MqttViolation(ReasonCode.QUOTA_EXCEEDED, null, OVERRUN));
    }
    if (peerEnded && !awaitsDecision() && state != State.ENDED) {
      end(DisconnectCause.CONNECTION_LOST, null, null);
    }
    ServerEvent last = ended;
    ended = null;
    return last;
  }

  /** Lets the others have their turn, unless there is too little memory to keep what has come. */
  private void countInARow(PacketType type) {
    weightInARow += weight(type);
    isResting = hasLongRow() && state == State.CONNECTED && in.readable() > 0 && !budget.isHigh();
  }

  private boolean hasLongRow() {
    return weightInARow >= MESSAGES_IN_A_ROW
        || (publisher != null && publisher.fannedOutBytes >= FANNED_OUT_IN_A_ROW_BYTES);
  }

  private void endRow() {
    weightInARow = 0;
    if (publisher != null) {
      publisher.fannedOutBytes = 0;
    }
  }

  /**
   * As what it counts in a row: a client needs few packets that are not messages, and of answers no
   * more come than the windows let messages go.
   */
  private static int weight(PacketType type) {
    return switch (type) {
      case PUBLISH -> 1;
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> 0;
      default -> 10;
    };
  }

  private @Nullable ServerEvent handle(PacketType type, MqttPacket packet, long nowMillis) {
    if (state == State.AWAITING_CONNECT) {
      if (packet instanceof Connect connect) {
        return onConnect(connect, nowMillis);
      }
      throw violation(Statement.MQTT5_3_1_0_1, "first packet is " + type);
    }
    if (state == State.AUTHENTICATING) {
      return whileAuthenticating(packet, nowMillis);
    }
    return switch (type) {
      case PUBLISH -> incoming().onPublish((Publish) packet);
      case PUBACK -> connected().outgoing().onPubAck(packet.packetId());
      case PUBREC -> connected().outgoing().onPubRec((PubRec) packet, nowMillis);
      case PUBREL -> onPubRel(packet.packetId(), nowMillis);
      case PUBCOMP -> connected().outgoing().onPubComp(packet.packetId());
      case SUBSCRIBE -> onSubscribe((Subscribe) packet);
      case UNSUBSCRIBE -> onUnsubscribe((Unsubscribe) packet);
      case PINGREQ -> onPingReq();
      case DISCONNECT -> onDisconnect((Disconnect) packet);
      case CONNECT -> throw violation(Statement.MQTT5_3_1_0_2, "second CONNECT");
      case AUTH -> onAuth((Auth) packet, nowMillis);
      case CONNACK, SUBACK, UNSUBACK, PINGRESP ->
          throw violation(null, type + " only flows from server to client");
    };
  }

  private @Nullable ServerEvent whileAuthenticating(MqttPacket packet, long nowMillis) {
    if (packet instanceof Auth auth) {
      return onAuth(auth, nowMillis);
    }
    if (packet instanceof Disconnect disconnect) {
      end(DisconnectCause.CLIENT_DISCONNECT, disconnect, null);
      return null;
    }
    throw violation(Statement.MQTT5_3_1_2_30, packet.type() + " before CONNACK");
  }

  private ServerEvent onAuth(Auth auth, long nowMillis) {
    Authentication current = authentication;
    if (current == null) {
      throw violation(Statement.MQTT5_4_12_0_7, "AUTH without Authentication Method in CONNECT");
    }
    ServerEvent event = current.onAuth(auth, state == State.CONNECTED, nowMillis);
    awaitsDecision = true;
    return event;
  }

  /** What may come from its client, at most. */
  long maximumPacketSizeBytes() {
    return limits.maximumPacketSizeBytes();
  }

  private ServerEvent onConnect(Connect connect, long nowMillis) {
    MqttVersion version = connect.version();
    sender.version(version);
    sender.maximumPacketSize(
        connect.properties().integer(Property.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE));
    sender.wantsReasons( // [MQTT5-3.1.2-29]
        connect.properties().integer(Property.REQUEST_PROBLEM_INFORMATION, 1) != 0);
    long aliases = connect.properties().integer(Property.TOPIC_ALIAS_MAXIMUM, 0);
    sender.topicAliasMaximum( // [MQTT5-3.1.2-26]
        (int) Math.min(aliases, limits.outboundTopicAliasMaximum()));
    state = State.CONNECT_REQUESTED;
    if (!limits.accepts(version)) {
      throw new MqttViolation(
          ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
          Statement.MQTT5_3_1_2_2,
          version + " is not accepted here");
    }
    String method = connect.properties().text(Property.AUTHENTICATION_METHOD);
    if (method == null && connect.properties().has(Property.AUTHENTICATION_DATA)) {
      throw violation(null, "Authentication Data without Authentication Method");
    }
    connectExpirySeconds = connect.properties().integer(Property.SESSION_EXPIRY_INTERVAL, 0);
    awaitsDecision = true;
    if (method != null) {
      Authentication started = new Authentication(method, limits.connectTimeoutMillis());
      authentication = started;
      state = State.AUTHENTICATING; // and no larger packet than CONNECT may come until it is known
      return started.onConnect(connect, nowMillis);
    }
    decoder.maximumPacketSize(limits.maximumPacketSizeBytes());
    return new ServerEvent.ConnectRequested(connect);
  }

  private @Nullable ServerEvent onPubRel(int packetId, long nowMillis) {
    incoming().onPubRel(packetId, nowMillis);
    return null;
  }

  private ServerEvent onSubscribe(Subscribe subscribe) {
    long identifier = subscribe.properties().integer(Property.SUBSCRIPTION_IDENTIFIER, 0);
    ServerEvent event =
        new ServerEvent.SubscribeRequested(
            subscribe.packetId(),
            (int) identifier,
            SubscribeChecks.check(subscribe, version(), limits));
    requestId = subscribe.packetId();
    awaitsDecision = true;
    return event;
  }

  private ServerEvent onUnsubscribe(Unsubscribe unsubscribe) {
    requestId = unsubscribe.packetId();
    awaitsDecision = true;
    return new ServerEvent.UnsubscribeRequested(unsubscribe);
  }

  private @Nullable ServerEvent onPingReq() {
    sender.send(PingResp.INSTANCE); // [MQTT5-3.12.4-1]
    return null;
  }

  private @Nullable ServerEvent onDisconnect(Disconnect disconnect) {
    long expiry = disconnect.properties().integer(Property.SESSION_EXPIRY_INTERVAL, -1);
    if (expiry >= 0) {
      if (connectExpirySeconds == 0 && expiry > 0) {
        throw violation(null, "Session Expiry Interval raised from 0 by DISCONNECT");
      }
      connected().expirySeconds(Math.min(expiry, limits.sessionExpirySeconds()));
    }
    boolean normal = disconnect.reasonCode() == ReasonCode.SUCCESS;
    end(
        normal ? DisconnectCause.CLIENT_DISCONNECT : DisconnectCause.CLIENT_DISCONNECT_WITH_WILL,
        disconnect,
        null);
    return null;
  }

  // ---- what leaves

  /** Answers a request that waits; a client that cannot take the answer is told and let go. */
  private void reply(MqttPacket packet) {
    if (state != State.CONNECTED || !awaitsDecision) {
      return;
    }
    if (sender.fits(packet)) {
      sender.send(packet);
      awaitsDecision = false;
      wake.changed();
    } else {
      disconnect(ReasonCode.PACKET_TOO_LARGE, DisconnectCause.SERVER_DISCONNECT);
    }
  }

  /** As above, with what says more if the client takes a packet of that size. */
  private void reply(MqttPacket full, MqttPacket plain) {
    reply(sender.fits(full) ? full : plain); // [MQTT5-3.9.2-1], [MQTT5-3.11.2-1]
  }

  private Properties why(PacketType packet, List<ReasonCode> reasonCodes) {
    return sender.mayExplain() ? Reasons.of(packet, reasonCodes) : Properties.EMPTY;
  }

  /** The properties of CONNACK, with those of the authentication. */
  private Properties authenticated(Properties properties) {
    Authentication current = authentication;
    return current == null ? properties : current.addTo(properties);
  }

  private void send(MqttPacket packet) {
    if (sender.fits(packet)) { // [MQTT5-3.1.2-24]
      sender.send(packet);
    }
  }

  private void sendDisconnect(ReasonCode reasonCode, Properties properties) {
    if (version().isMqtt5()) { // [MQTT5-3.14.2-3], [MQTT5-3.14.2-4]
      sendFitting(properties, fitting -> new Disconnect(reasonCode, fitting));
    }
  }

  private void refuse(ReasonCode reasonCode, Properties properties) {
    // [MQTT5-3.2.2-6], [MQTT5-3.2.2-19], [MQTT5-3.2.2-20]
    sendFitting(properties, fitting -> new ConnAck(false, reasonCode, fitting));
  }

  /** Sends a packet with as many of these properties as the client has room for. */
  private void sendFitting(Properties properties, Function<Properties, MqttPacket> packet) {
    MqttPacket full = packet.apply(properties);
    if (!sender.fits(full)) {
      full = packet.apply(properties.without(Property.REASON_STRING));
    }
    if (!sender.fits(full)) {
      full = packet.apply(properties.without(Property.REASON_STRING, Property.USER_PROPERTY));
    }
    send(sender.fits(full) ? full : packet.apply(Properties.EMPTY));
  }

  // ---- the end

  private void failAuth(ReasonCode reasonCode, String reason, DisconnectCause beforeConnAck) {
    Properties words = Properties.builder().put(Property.REASON_STRING, reason).build();
    if (state == State.CONNECTED) {
      boolean isKnown = reasonCode.allowedIn(PacketType.DISCONNECT);
      sendDisconnect(isKnown ? reasonCode : ReasonCode.NOT_AUTHORIZED, words);
      end(DisconnectCause.REAUTHENTICATION_FAILED, null, null); // [MQTT5-4.12.1-2]
    } else {
      refuse(reasonCode, words);
      end(beforeConnAck, null, null); // [MQTT5-4.12.0-1], [MQTT5-4.12.0-4]
    }
    wake.changed();
  }

  /** Tells the client what it did wrong, as far as its version can say it, and ends. */
  private void answer(MqttViolation violation) {
    if (state == State.CONNECTED) {
      ReasonCode code = violation.reasonCode();
      // A second CONNECT may have faults of its own, for which DISCONNECT has no code.
      boolean isKnown = code.allowedIn(PacketType.DISCONNECT);
      sendDisconnect(isKnown ? code : PROTOCOL_ERROR, reasonString(violation));
    } else if (isConnecting() || decoder.lastType() == PacketType.CONNECT) {
      answerConnect(violation);
    } // else nothing may be sent before CONNACK [MQTT5-3.14.0-1]
    end(DisconnectCause.VIOLATION, null, violation);
  }

  private void answerConnect(MqttViolation violation) {
    boolean unsupported = violation.reasonCode() == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
    MqttVersion version = decoder.version(); // MQTT 5 where the client named none that there is
    if (unsupported && version.isMqtt5() && !limits.accepts(MqttVersion.MQTT_5)) {
      version = MqttVersion.MQTT_3_1_1;
    }
    sender.version(version);
    if (version.isMqtt5()) {
      refuse(violation.reasonCode(), reasonString(violation));
    } else if (unsupported) {
      refuse(violation.reasonCode(), Properties.EMPTY); // [MQTT3-3.1.2-2]
    }
  }

  private static Properties reasonString(MqttViolation violation) {
    String id = violation.statementId();
    String text = violation.detail();
    return Properties.builder()
        .put(Property.REASON_STRING, id.isEmpty() ? text : text + " [" + id + "]")
        .build();
  }

  private void end(
      DisconnectCause cause, @Nullable Disconnect packet, @Nullable MqttViolation violation) {
    state = State.ENDED;
    awaitsDecision = false;
    isResting = false;
    ended = new ServerEvent.Disconnected(cause, packet, violation);
    if (status == Status.OPEN) {
      status = Status.CLOSE_AFTER_FLUSH; // [MQTT5-4.13.1-1], [MQTT5-4.13.2-1]
    }
    in.clear(); // [MQTT5-3.1.4-6]
    holdAsStranger(0);
    if (authentication != null) {
      authentication.end();
    }
    IncomingMessages messages = incoming;
    if (messages != null) {
      undecided = messages.end();
      incoming = null; // [MQTT5-3.3.2-7]
    }
    count();
    LocalPublisher ending = publisher;
    if (ending != null) {
      ending.end();
    }
    if (throttle != null) {
      throttle.resume();
      throttle = null;
    }
  }

  /** What the client has proven was good until now. */
  private void endLogin() {
    if (login().endsSession()) {
      connected().expirySeconds(0);
    }
    disconnect(ReasonCode.NOT_AUTHORIZED, DisconnectCause.SERVER_DISCONNECT, LOGIN_IS_OVER);
  }

  private Login login() {
    Login known = login;
    return known == null ? NO_LOGIN : known;
  }

  /** CONNECT has come, and is not decided. */
  boolean isConnecting() {
    return state == State.CONNECT_REQUESTED || state == State.AUTHENTICATING;
  }

  boolean isReauthenticating() {
    Authentication current = authentication;
    return current != null && current.isRunning();
  }

  private long authenticationDeadlineMillis() {
    Authentication current = authentication;
    return current == null ? NO_DEADLINE : current.deadlineMillis();
  }

  /** When something has to be done about what the client sends, or does not send. */
  private long unreadDeadlineMillis() {
    if (isResting) {
      return lastReceivedMillis; // at once, but after the others
    }
    Throttle own = throttle;
    if (own != null && own.isPaused()) {
      return own.pausedUntilMillis();
    }
    return isHeld() ? publisher().deadlineMillis() : keepAliveDeadlineMillis();
  }

  private long keepAliveDeadlineMillis() {
    return keepAliveMillis == 0 ? NO_DEADLINE : lastReceivedMillis + keepAliveMillis * 3 / 2;
  }

  private Session connected() {
    Session current = session;
    if (current == null) {
      throw new IllegalStateException("no session");
    }
    return current;
  }

  /** It is there from the first message on: a client that only listens has none. */
  private IncomingMessages incoming() {
    IncomingMessages current = incoming;
    if (current == null) {
      Session its = connected();
      current = new IncomingMessages(its, limits, sender, its.ledger(), wake);
      incoming = current;
    }
    return current;
  }

  private static MqttViolation violation(@Nullable Statement statement, String detail) {
    return new MqttViolation(PROTOCOL_ERROR, statement, detail);
  }
}
