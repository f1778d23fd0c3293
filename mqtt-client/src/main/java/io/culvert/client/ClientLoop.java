package io.culvert.client;

import io.culvert.engine.Engine;
import io.culvert.engine.Wake;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ClientState;
import io.culvert.mqtt.client.ServerTerms;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.TimedPart;
import io.culvert.runtime.driver.WallOffset;
import io.culvert.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client on its event loop: one connection at a time, and what goes on from one to the next. All
 * methods are called on the loop, except {@link #ask}, {@link #run} and the queries.
 */
final class ClientLoop implements Application<ClientEvent, ClientConnection>, TimedPart {
  private enum Phase {
    /** Nothing is wanted. */
    IDLE,
    /** An attempt is under way. */
    CONNECTING,
    CONNECTED,
    /** The next attempt is due later. */
    WAITING,
    CLOSED
  }

  private final Shard shard;
  private final MqttClientOptions options;
  private final Connector connector;
  private final ClientSession session;
  private final ReconnectPlan plan;
  private final Inbox inbox;
  private final PublishQueue queue;
  private final @Nullable PublishRecords records;
  private final OpenSubscriptions subscriptions;
  private final Authenticating authenticating;
  private final DeadLetters deadLetters;
  private final List<Runnable> afterLoad = new ArrayList<>();
  private final Deque<Promise<Long>> pings = new ArrayDeque<>();

  private Phase phase = Phase.IDLE;
  private boolean loaded;
  private Shard.@Nullable Watch watch;
  private @Nullable Runnable forgetHook;
  private boolean finishing;
  private boolean established;
  private long nextAttemptMillis = Engine.NO_DEADLINE;
  private @Nullable Promise<ServerTerms> connecting;
  private @Nullable Promise<Void> closing;
  private @Nullable MqttClientException ownFailure;
  private @Nullable ClientConnection connection;
  private @Nullable Wake wake;
  private @Nullable Handler<ConnectionChange> connectionHandler;
  private @Nullable Handler<ReceivedMessage> defaultHandler;

  // For other threads.
  private volatile @Nullable ServerTerms terms;
  private volatile String clientId = "";

  ClientLoop(Vertx vertx, Shard shard, MqttClientOptions options) {
    this.shard = shard;
    this.options = options;
    this.connector = new Connector(shard, options);
    Store store = options.store();
    this.session =
        options.cleanStart()
            ? ClientSession.create(ClientSession.DEFAULT_QUEUE_LIMIT)
            : ClientSession.continuing(ClientSession.DEFAULT_QUEUE_LIMIT);
    this.records =
        store == null
            ? null
            : new PublishRecords(
                store.journal(task -> shard.context().runOnContext(ignored -> task.run())),
                options.clientId(),
                WallOffset.millis(shard.nowMillis()));
    this.plan =
        new ReconnectPlan(
            options.addresses(), options.reconnect(), ThreadLocalRandom.current()::nextLong);
    this.inbox =
        new Inbox(options.bufferMessages(), options.bufferBytes(), options.receiveMaximum());
    this.queue = new PublishQueue(session, options.publishLimits(), records, shard::nowMillis);
    this.subscriptions = new OpenSubscriptions(this, session, inbox, options.version().isMqtt5());
    this.authenticating =
        new Authenticating(vertx, options.authentication(), shard::nowMillis, this::distrust);
    this.deadLetters = new DeadLetters(options.clientId());
    this.loaded = store == null;
    this.clientId = options.clientId();
  }

  // ---- for any thread

  <T> Future<T> ask(Supplier<Future<T>> question) {
    if (shard.inThread()) {
      return question.get();
    }
    if (Vertx.currentContext() != null) {
      return shard.ask(question);
    }
    Promise<T> answer = Promise.promise(); // completes on the loop: the caller has none
    shard
        .context()
        .runOnContext(
            ignored -> Future.succeededFuture().compose(now -> question.get()).onComplete(answer));
    return answer.future();
  }

  void run(Runnable action) {
    if (shard.inThread()) {
      action.run();
    } else {
      shard.context().runOnContext(ignored -> action.run());
    }
  }

  @Nullable ServerTerms terms() {
    return terms;
  }

  String clientId() {
    return clientId;
  }

  long nowMillis() {
    return shard.nowMillis();
  }

  // ---- commands

  Future<ServerTerms> connect() {
    if (phase == Phase.CLOSED) {
      return Future.failedFuture(closed());
    }
    ServerTerms present = terms;
    if (phase == Phase.CONNECTED && present != null) {
      return Future.succeededFuture(present);
    }
    Promise<ServerTerms> underWay = connecting;
    if (underWay == null) {
      underWay = Promise.promise();
      connecting = underWay;
    }
    if (phase == Phase.IDLE) {
      phase = Phase.CONNECTING;
      if (watch == null) {
        watch = shard.watch(this);
        forgetHook = shard.atClose(() -> ask(this::close));
      }
      whenLoaded(this::attempt);
    }
    return underWay.future();
  }

  Future<PublishResult> publish(Message message, boolean reliable) {
    if (phase == Phase.CLOSED) {
      return Future.failedFuture(closed());
    }
    if (reliable && records == null) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "reliable publishing needs a store: MqttClientOptions.setStore"));
    }
    Promise<PublishResult> promise = Promise.promise();
    Outgoing.Completion completion = deadLetters.completion(message, reliable, promise);
    if (reliable) { // behind what an earlier process has left
      whenLoaded(() -> queue.publish(message, true, completion, nowMillis()));
    } else {
      queue.publish(message, false, completion, nowMillis());
    }
    return promise.future();
  }

  Future<Subscription> subscribe(
      SubscriptionRequest request, @Nullable Handler<ReceivedMessage> handler) {
    return phase == Phase.CLOSED
        ? Future.failedFuture(closed())
        : subscriptions.subscribe(request, handler, connected(), nowMillis());
  }

  Future<Void> close(Subscription handle) {
    return subscriptions.close(handle, connected(), nowMillis());
  }

  Future<Void> unsubscribe(String filter) {
    List<Subscription> handles = subscriptions.handles(filter);
    return handles.isEmpty()
        ? Future.failedFuture(
            MqttClientException.of(
                MqttClientFailure.UNSUBSCRIBE_REFUSED, "there is no subscription to " + filter))
        : Future.join(handles.stream().map(this::close).toList()).mapEmpty();
  }

  Future<Long> ping() {
    ClientConnection current = connected();
    if (current == null) {
      return Future.failedFuture(notConnected("PINGREQ"));
    }
    Promise<Long> promise = Promise.promise();
    pings.add(promise);
    current.ping(nowMillis());
    return promise.future();
  }

  Future<Void> reauthenticate() {
    ClientConnection current = connected();
    return current == null
        ? Future.failedFuture(notConnected("AUTH"))
        : authenticating.again(current);
  }

  /** Ends for good. */
  Future<Void> close() {
    Promise<Void> underWay = closing;
    if (underWay != null) {
      return underWay.future();
    }
    Promise<Void> promise = Promise.promise();
    closing = promise;
    ClientConnection current = connection;
    phase = Phase.CLOSED;
    nextAttemptMillis = Engine.NO_DEADLINE;
    MqttClientException why = closed();
    inbox.disconnected(); // what nobody has taken is not acknowledged: it comes again
    queue.close(why);
    subscriptions.end(why);
    failWaiting(why);
    if (current == null) {
      finishClosing();
    } else {
      current.disconnect(ReasonCode.SUCCESS, lastWords(current), nowMillis());
    }
    return promise.future();
  }

  void connectionHandler(@Nullable Handler<ConnectionChange> handler) {
    connectionHandler = handler;
  }

  void deadLetterHandler(@Nullable DeadLetterHandler handler) {
    deadLetters.handler(handler);
  }

  void defaultHandler(@Nullable Handler<ReceivedMessage> handler) {
    defaultHandler = handler;
    inbox.others(handler == null ? null : this::takeOther);
  }

  /** A message as its handler gets it. */
  ReceivedMessage message(Arrival arrival, Receiver receiver) {
    return new ReceivedMessage(
        arrival.topic.toString(),
        Buffer.buffer(arrival.payload),
        arrival.qos,
        arrival.retain,
        arrival.dup,
        arrival.packetId,
        arrival.properties,
        receiver.isManual() ? answering(arrival) : code -> {});
  }

  int publishQueueSize() {
    return queue.size();
  }

  // ---- the application of the driver

  @Override
  public ClientConnection open(Peer peer, Wake opened, Shard of) {
    ClientConnection created =
        new ClientConnection(session, of.buffers(), opened, WireLog.of(peer));
    if (phase == Phase.CLOSED) {
      created.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, nowMillis());
    } else {
      Buffer authenticationData = authenticating.begin();
      boolean clean = options.cleanStart() && !(established && options.version().isMqtt5());
      created.connect(options.connectOptions(clean, authenticationData), nowMillis());
    }
    connection = created;
    wake = opened;
    ownFailure = null;
    return created;
  }

  @Override
  public void event(ClientConnection from, ClientEvent event, long nowMillis) {
    if (event instanceof ClientEvent.MessageReceived received) {
      inbox.received(received.publish());
    } else if (event instanceof ClientEvent.Acknowledged ack) {
      queue.acknowledged(ack.packetId(), ack.reasonCode(), ack.properties(), nowMillis);
    } else if (event instanceof ClientEvent.Received received) {
      queue.received(received.packetId(), nowMillis);
    } else if (event instanceof ClientEvent.RoomAgain) {
      queue.pump(nowMillis);
    } else if (event instanceof ClientEvent.Subscribed subscribed) {
      subscriptions.subscribed(subscribed);
    } else if (event instanceof ClientEvent.Unsubscribed unsubscribed) {
      subscriptions.unsubscribed(unsubscribed);
    } else if (event instanceof ClientEvent.PublishDropped dropped) {
      queue.dropped(dropped.packetId(), dropped.refusal(), dropped.message());
    } else if (event instanceof ClientEvent.SessionLost lost) {
      queue.sessionLost(lost.messages(), nowMillis);
    } else if (event instanceof ClientEvent.Connected accepted) {
      onConnected(from, accepted);
    } else if (event instanceof ClientEvent.AuthReceived auth) {
      authenticating.received(from, auth);
    } else if (event instanceof ClientEvent.PingAnswered answered) {
      pings.forEach(promise -> promise.tryComplete(answered.roundTripMillis()));
      pings.clear();
    } else if (event instanceof ClientEvent.Disconnected ended) {
      onDisconnected(from, ended, nowMillis);
    }
  }

  @Override
  public void closed(ClientConnection from, long nowMillis, @Nullable Throwable cause) {
    if (cause != null && ownFailure == null && connection == from) {
      ownFailure =
          MqttClientException.of(
              MqttClientFailure.CONNECTION_LOST, "the connection broke: " + cause, cause);
    }
    from.receiveEnd();
    ClientEvent event;
    while ((event = from.poll(nowMillis)) != null) {
      event(from, event, nowMillis);
    }
    if (connection == from) {
      connection = null;
      wake = null;
    }
    if (phase == Phase.CLOSED) {
      finishClosing();
    }
  }

  // ---- time

  @Override
  public long deadlineMillis() {
    return Math.min(nextAttemptMillis, queue.deadlineMillis());
  }

  @Override
  public void timeout(long nowMillis) {
    if (nowMillis >= nextAttemptMillis) {
      nextAttemptMillis = Engine.NO_DEADLINE;
      if (phase == Phase.WAITING) {
        phase = Phase.CONNECTING;
        attempt();
      }
    }
    queue.timeout(nowMillis);
  }

  // ---- connecting

  /** Does it when what an earlier process has left is read from the store. */
  private void whenLoaded(Runnable action) {
    PublishRecords store = records;
    if (loaded || store == null) {
      action.run();
      return;
    }
    afterLoad.add(action);
    if (afterLoad.size() > 1) {
      return;
    }
    store.load(
        damage -> MqttClient.LOG.error("Client {}: {}", options.clientId(), damage),
        found -> {
          loaded = true;
          queue.restore(found, deadLetters::left);
          afterLoad.forEach(Runnable::run);
          afterLoad.clear();
        });
  }

  private void attempt() {
    if (phase == Phase.CLOSED) {
      return;
    }
    ServerAddress to = plan.address();
    connector.connect(to, this).onFailure(failure -> attemptFailed(to, failure));
  }

  private void attemptFailed(ServerAddress to, Throwable failure) {
    if (phase == Phase.CLOSED) {
      finishClosing();
      return;
    }
    ended(
        MqttClientException.of(
            MqttClientFailure.CONNECT_FAILED, to + " cannot be reached: " + failure, failure),
        Properties.EMPTY,
        nowMillis());
  }

  private void onConnected(ClientConnection from, ClientEvent.Connected accepted) {
    inbox.connected(
        accepted.sessionPresent(), (id, code) -> from.acknowledge(id, code, nowMillis()));
    authenticating.connected(
        from,
        accepted.properties(),
        () -> {
          if (connection == from) {
            established(from, accepted);
          }
        });
  }

  private void established(ClientConnection from, ClientEvent.Connected accepted) {
    Wake current = wake;
    ServerTerms now = from.terms();
    if (current == null || now == null || phase == Phase.CLOSED) {
      return;
    }
    phase = Phase.CONNECTED;
    established = true;
    terms = now;
    clientId = session.clientId();
    plan.connected(nowMillis());
    MqttClient.LOG.info(
        "Client {} is connected to {}{}",
        clientId,
        plan.address(),
        accepted.sessionPresent() ? " and has its session" : "");
    queue.connected(new PublishQueue.Line(from, current::changed));
    subscriptions.connected(accepted.sessionPresent());
    Promise<ServerTerms> waiting = connecting;
    connecting = null;
    if (waiting != null) {
      waiting.tryComplete(now);
    }
    tell(
        new ConnectionChange(
            ConnectionChange.State.CONNECTED, accepted.sessionPresent(), null, -1));
    // Behind the events that came with CONNACK: what the session has lost goes first.
    shard.context().runOnContext(ignored -> queue.pump(nowMillis()));
  }

  /** This side does not trust the server. */
  private void distrust(ClientConnection of, MqttClientException why) {
    if (connection == of) {
      ownFailure = why;
      of.disconnect(ReasonCode.UNSPECIFIED_ERROR, Properties.EMPTY, nowMillis());
    }
  }

  // ---- the end of a connection

  private void onDisconnected(
      ClientConnection from, ClientEvent.Disconnected event, long nowMillis) {
    if (connection != from) {
      return;
    }
    boolean wasConnected = phase == Phase.CONNECTED;
    connection = null;
    wake = null;
    terms = null;
    inbox.disconnected();
    queue.disconnected();
    MqttClientException own = ownFailure;
    MqttClientException cause =
        own == null ? Ending.cause(event, plan.address(), wasConnected) : own;
    authenticating.disconnected(cause);
    pings.forEach(promise -> promise.tryFail(cause));
    pings.clear();
    if (phase != Phase.CLOSED) {
      ended(cause, event.properties(), nowMillis);
    }
  }

  /** An attempt or a connection has ended, and nobody wanted that. */
  private void ended(MqttClientException cause, Properties properties, long nowMillis) {
    boolean first = connecting != null && !established;
    ServerAddress reference = Ending.reference(cause, properties, plan.address());
    long delay =
        reference == null
            ? plan.ended(nowMillis, Ending.retryAfterMillis(properties))
            : plan.referred(reference, cause.reasonCode() == ReasonCode.SERVER_MOVED, nowMillis);
    boolean goesOn = reference != null || !plan.isRoundOver(); // another server is tried now
    boolean firstOnly = first && !options.reconnect().retryFirst();
    boolean more = firstOnly ? goesOn : Ending.isWorthRetrying(cause);
    if (!more || plan.isExhausted() || (!options.reconnect().enabled() && !goesOn)) {
      giveUp(cause);
      return;
    }
    MqttClient.LOG.info("Client {} tries again in {} ms: {}", clientId, delay, cause.getMessage());
    phase = Phase.WAITING;
    nextAttemptMillis = nowMillis + delay;
    shard.inPass(() -> {}); // the timer is set at the end of a pass
    tell(new ConnectionChange(ConnectionChange.State.RECONNECTING, false, cause, delay));
  }

  private void giveUp(MqttClientException cause) {
    phase = Phase.IDLE;
    nextAttemptMillis = Engine.NO_DEADLINE;
    MqttClient.LOG.info("Client {} has no connection: {}", clientId, cause.getMessage());
    failWaiting(cause);
    tell(new ConnectionChange(ConnectionChange.State.DISCONNECTED, false, cause, -1));
  }

  private void failWaiting(MqttClientException why) {
    Promise<ServerTerms> waiting = connecting;
    connecting = null;
    if (waiting != null) {
      waiting.tryFail(why);
    }
  }

  private void finishClosing() {
    Promise<Void> waiting = closing;
    if (waiting == null || finishing || connection != null) {
      return;
    }
    finishing = true;
    if (watch != null) {
      watch.cancel();
    }
    if (forgetHook != null) {
      forgetHook.run();
    }
    connector.close().onComplete(done -> waiting.tryComplete());
    tell(new ConnectionChange(ConnectionChange.State.DISCONNECTED, false, null, -1));
  }

  /** A session that began with this client ends with it. */
  private Properties lastWords(ClientConnection current) {
    boolean ends =
        current.version().isMqtt5() && options.cleanStart() && options.sessionExpirySeconds() > 0;
    return ends
        ? Properties.builder().put(Property.SESSION_EXPIRY_INTERVAL, 0).build()
        : Properties.EMPTY;
  }

  // ---- small things

  private @Nullable ClientConnection connected() {
    ClientConnection current = connection;
    return current != null && current.state() == ClientState.CONNECTED ? current : null;
  }

  private void tell(ConnectionChange change) {
    @Nullable Handler<ConnectionChange> told = connectionHandler;
    if (told == null) {
      return;
    }
    try {
      told.handle(change);
    } catch (Throwable thrown) { // its fault must not end the connection that it is told of
      MqttClient.LOG.error("The connection handler of client {} has failed", clientId, thrown);
    }
  }

  private void takeOther(Arrival arrival) {
    @Nullable Handler<ReceivedMessage> told = defaultHandler;
    if (told == null) {
      return;
    }
    try {
      told.handle(message(arrival, inbox.others()));
    } catch (Throwable thrown) {
      MqttClient.LOG.error("The default handler of client {} has failed", clientId, thrown);
    }
  }

  private ReceivedMessage.Acknowledgement answering(Arrival arrival) {
    boolean[] answered = {false};
    return code -> {
      if (!code.allowedIn(PacketType.PUBACK)) {
        throw new IllegalArgumentException(code + " is not a reason code of PUBACK");
      }
      run(
          () -> {
            if (!answered[0]) {
              answered[0] = true;
              inbox.settled(arrival, code);
            }
          });
    };
  }

  private static MqttClientException notConnected(String what) {
    return MqttClientException.of(
        MqttClientFailure.NOT_CONNECTED, what + " needs a connection: connect() first");
  }

  private static MqttClientException closed() {
    return MqttClientException.of(MqttClientFailure.CLOSED, "the client was closed");
  }
}
