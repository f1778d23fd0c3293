package io.culvert.client;

import io.culvert.engine.Wake;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ServerTerms;
import io.culvert.mqtt.session.Message;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client on its event loop: one connection at a time, and what goes on from one to the next. All
 * methods are called on the loop, except {@link #ask}, {@link #run} and the queries.
 */
final class ClientLoop implements Application<ClientEvent, ClientConnection>, TimedPart {
  private final Shard shard;
  private final MqttClientOptions options;
  private final Connector connector;
  private final ClientSession session;
  private final Attempts attempts;
  private final Inbox inbox;
  private final HandingOut handingOut;
  private final Publishing publishing;
  private final PublishQueue queue;
  private final OpenSubscriptions subscriptions;
  private final Authenticating authenticating;
  private final ConnectionChanges changes = new ConnectionChanges(this::clientId);
  private final Pings pings = new Pings();
  private final Leaving leaving = new Leaving();

  private Shard.@Nullable Watch watch;
  private @Nullable Runnable forgetHook;
  private boolean finishing;
  private @Nullable Promise<Void> closing;
  private @Nullable Consumer<MqttClientException> endHook;
  private @Nullable MqttClientException ownFailure;
  private @Nullable ClientConnection connection;
  private @Nullable Wake wake;

  // For other threads.
  private volatile @Nullable ServerTerms terms;
  private volatile String clientId = "";

  ClientLoop(Vertx vertx, Shard shard, MqttClientOptions options) {
    this.shard = shard;
    this.options = options;
    this.connector = new Connector(shard, options);
    this.session =
        options.cleanStart()
            ? ClientSession.create(ClientSession.DEFAULT_QUEUE_LIMIT)
            : ClientSession.continuing(ClientSession.DEFAULT_QUEUE_LIMIT);
    ReconnectPlan plan =
        new ReconnectPlan(
            options.addresses(), options.reconnect(), ThreadLocalRandom.current()::nextLong);
    this.attempts =
        new Attempts(
            plan,
            options.reconnect(),
            to -> connector.connect(to, this),
            new Attempts.Owner() {
              @Override
              public void changed(ConnectionChange change) {
                changes.tell(change);
              }

              @Override
              public void deadlineChanged() {
                shard.inPass(() -> {}); // the timer is set at the end of a pass
              }
            },
            shard::nowMillis);
    this.inbox =
        new Inbox(
            options.bufferMessages(),
            options.bufferBytes(),
            options.receiveMaximum(),
            ThreadLocalRandom.current().nextLong());
    this.handingOut = new HandingOut(inbox, this::run, options.clientId());
    this.publishing = new Publishing(options, session, records(options, shard), shard::nowMillis);
    this.queue = publishing.queue();
    int lastIdentifier = // an earlier process may have left subscriptions with small ones
        options.cleanStart()
            ? 0
            : ThreadLocalRandom.current().nextInt(OpenSubscriptions.LARGEST_IDENTIFIER);
    this.subscriptions =
        new OpenSubscriptions(this, session, inbox, options.version().isMqtt5(), lastIdentifier);
    this.authenticating =
        new Authenticating(
            vertx, options.authentication(), shard::nowMillis, this::distrust, this::run);
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
    if (attempts.isClosed()) {
      return Future.failedFuture(closed());
    }
    if (leaving.isUnderWay()) {
      return leaving.thenReturn();
    }
    ServerTerms present = terms;
    if (attempts.isConnected() && present != null) {
      return Future.succeededFuture(present);
    }
    return attempts.connect(this::begin);
  }

  private void begin() {
    if (watch == null) {
      watch = shard.watch(this);
      forgetHook = shard.atClose(() -> ask(this::close));
    }
    publishing.whenLoaded(attempts::attempt);
  }

  /** Ends the connection, and keeps everything else. */
  Future<Void> disconnect() {
    if (attempts.isClosed()) {
      return close();
    }
    MqttClientException why =
        MqttClientException.of(
            MqttClientFailure.NOT_CONNECTED, "the client was told to disconnect");
    leaving.stayAway(why);
    if (leaving.isUnderWay()) {
      return leaving.gone();
    }
    ClientConnection current = connection;
    boolean wasWanted = attempts.stop(why);
    if (current == null) {
      if (wasWanted) {
        changes.disconnected();
      }
      return Future.succeededFuture();
    }
    Future<Void> gone = leaving.begin(current);
    current.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, nowMillis());
    return gone;
  }

  Future<PublishResult> publish(Message message, boolean reliable) {
    return attempts.isClosed()
        ? Future.failedFuture(closed())
        : publishing.publish(message, reliable);
  }

  Future<Subscription> subscribe(HandledRequest request) {
    return attempts.isClosed()
        ? Future.failedFuture(closed())
        : subscriptions.subscribe(List.of(request), connected(), nowMillis()).get(0);
  }

  Future<List<SubscribeOutcome>> subscribe(List<HandledRequest> requests) {
    if (attempts.isClosed()) {
      return Future.failedFuture(closed());
    }
    List<Future<Subscription>> each = subscriptions.subscribe(requests, connected(), nowMillis());
    List<Future<SubscribeOutcome>> outcomes = new ArrayList<>(each.size());
    for (int i = 0; i < each.size(); i++) {
      outcomes.add(SubscribeOutcome.of(requests.get(i).request().filter(), each.get(i)));
    }
    return Future.all(outcomes).map(all -> all.<SubscribeOutcome>list());
  }

  Future<Void> close(Subscription handle) {
    return subscriptions.close(handle, connected(), nowMillis());
  }

  Future<Void> unsubscribe(String filter) {
    return subscriptions.unsubscribe(filter, connected(), nowMillis());
  }

  Future<Long> ping() {
    ClientConnection current = connected();
    if (current == null) {
      return Future.failedFuture(notConnected("PINGREQ"));
    }
    Future<Long> answered = pings.add();
    current.ping(nowMillis());
    return answered;
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
    MqttClientException why = closed();
    attempts.close(why);
    inbox.disconnected(); // what nobody has taken is not acknowledged: it comes again
    queue.close(why);
    subscriptions.end(why);
    Consumer<MqttClientException> told = endHook;
    if (told != null) {
      told.accept(why);
    }
    if (leaving.isUnderWay()) {
      leaving.gone().onComplete(gone -> finishClosing());
    } else if (current == null) {
      finishClosing();
    } else {
      current.disconnect(options.goodbye(), lastWords(current), nowMillis());
    }
    return promise.future();
  }

  /** Told when the client has ended. */
  void atEnd(Consumer<MqttClientException> hook) {
    endHook = hook;
  }

  void connectionHandler(@Nullable Handler<ConnectionChange> handler) {
    changes.handler(handler);
  }

  void deadLetterHandler(@Nullable DeadLetterHandler handler) {
    publishing.deadLetterHandler(handler);
  }

  void defaultHandler(@Nullable Handler<ReceivedMessage> handler, boolean manual) {
    handingOut.defaultHandler(handler, manual);
  }

  /** A message as its handler gets it. */
  ReceivedMessage message(Arrival arrival, Receiver receiver) {
    return handingOut.message(arrival, receiver);
  }

  int publishQueueSize() {
    return queue.size();
  }

  // ---- the application of the driver

  @Override
  public ClientConnection open(Peer peer, Wake opened, Shard of) {
    ClientConnection created =
        new ClientConnection(session, of.buffers(), opened, WireLog.of(peer));
    if (!attempts.take()) {
      created.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, nowMillis());
      return created;
    }
    boolean clean =
        options.cleanStart() && !(attempts.wasConnected() && options.version().isMqtt5());
    try {
      Buffer authenticationData = authenticating.begin();
      created.connect(options.connectOptions(clean, authenticationData), nowMillis());
    } catch (RuntimeException failure) { // the application's, perhaps: it tells what to send
      created.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, nowMillis());
      attempts.ended(
          MqttClientException.of(
              MqttClientFailure.CONNECT_FAILED, "CONNECT cannot be sent: " + failure, failure),
          Properties.EMPTY,
          nowMillis());
      return created;
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
      queue.dropped(dropped.packetId(), dropped.refusal(), dropped.message(), nowMillis);
    } else if (event instanceof ClientEvent.SessionLost lost) {
      queue.sessionLost(lost.messages(), nowMillis);
    } else if (event instanceof ClientEvent.Connected accepted) {
      onConnected(from, accepted);
    } else if (event instanceof ClientEvent.AuthReceived auth) {
      authenticating.received(from, auth);
    } else if (event instanceof ClientEvent.PingAnswered answered) {
      pings.answered(answered.roundTripMillis());
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
    if (leaving.isOf(from)) {
      leaving.ended(changes::disconnected, this::connect);
    }
    if (attempts.isClosed()) {
      finishClosing();
    }
  }

  // ---- time

  @Override
  public long deadlineMillis() {
    return Math.min(attempts.deadlineMillis(), queue.deadlineMillis());
  }

  @Override
  public void timeout(long nowMillis) {
    attempts.timeout(nowMillis);
    queue.timeout(nowMillis);
  }

  // ---- connecting

  private void onConnected(ClientConnection from, ClientEvent.Connected accepted) {
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
    if (current == null || now == null || attempts.isClosed()) {
      return;
    }
    from.trust(nowMillis());
    attempts.connected(nowMillis());
    terms = now;
    clientId = session.clientId();
    inbox.connected(
        accepted.sessionPresent(), (id, code) -> from.acknowledge(id, code, nowMillis()));
    MqttClient.LOG.info(
        "Client {} is connected to {}{}",
        clientId,
        attempts.address(),
        accepted.sessionPresent() ? " and has its session" : "");
    queue.connected(new PublishQueue.Line(from, current::changed));
    subscriptions.connected(accepted.sessionPresent());
    attempts.tellConnected(now);
    changes.connected(accepted.sessionPresent());
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
    boolean wasConnected = terms != null;
    connection = null;
    wake = null;
    terms = null;
    if (event.reasonCode() == ReasonCode.SESSION_TAKEN_OVER) {
      inbox.takenOver();
    }
    inbox.disconnected();
    queue.disconnected();
    subscriptions.disconnected();
    MqttClientException own = ownFailure;
    MqttClientException cause =
        own == null ? Ending.cause(event, attempts.address(), wasConnected) : own;
    authenticating.disconnected(cause);
    pings.failed(cause);
    attempts.ended(cause, event.properties(), nowMillis);
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
    connector.close().onComplete(done -> Told.complete(waiting, null));
    changes.disconnected();
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
    return current != null && current.isExchanging() ? current : null;
  }

  /** Null where there is no store. */
  private static @Nullable PublishRecords records(MqttClientOptions options, Shard shard) {
    Store store = options.store();
    return store == null
        ? null
        : new PublishRecords(
            store.journal(task -> shard.context().runOnContext(ignored -> task.run())),
            options.clientId(),
            WallOffset.millis(shard.nowMillis()));
  }

  private static MqttClientException notConnected(String what) {
    return MqttClientException.of(
        MqttClientFailure.NOT_CONNECTED, what + " needs a connection: connect() first");
  }

  private static MqttClientException closed() {
    return MqttClientException.of(MqttClientFailure.CLOSED, "the client was closed");
  }
}
