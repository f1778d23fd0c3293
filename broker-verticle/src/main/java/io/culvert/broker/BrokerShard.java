package io.culvert.broker;

import io.culvert.broker.auth.Acl;
import io.culvert.broker.auth.AuthChain;
import io.culvert.broker.auth.Authenticator;
import io.culvert.broker.auth.AuthorizationChain;
import io.culvert.broker.auth.Authorizer;
import io.culvert.broker.auth.CertificateField;
import io.culvert.broker.bus.BusShard;
import io.culvert.broker.config.AuthOptions;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.engine.Journal;
import io.culvert.mqtt.auth.ScramUsers;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.ConnectGate;
import io.culvert.mqtt.server.Counters;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.Recovered;
import io.culvert.mqtt.server.RetryAfter;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.server.ShardPlace;
import io.culvert.runtime.driver.ServingShard;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.ShardLinks;
import io.culvert.runtime.driver.StreamServer;
import io.culvert.runtime.driver.WallOffset;
import io.culvert.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a broker has on one event loop. Made on any thread; {@link #open} may be called on any, too;
 * {@link #on} brings everything else to the event loop.
 */
final class BrokerShard {
  private final Shard shard;
  private final int number;
  private final ShardLinks links;
  private final Broker broker;
  private final BrokerOptions options;
  private final List<Authorizer> ownAuthorizers;
  private final ServerLog log;
  private final PacketCounters packets = new PacketCounters();
  private final StreamServer<ServerEvent, ServerConnection> streams;
  private final StreamServer<ServerEvent, ServerConnection> ownClients;
  private final Logins logins;
  private final ConnectGate gate;
  private final Runnable flush = this::flush;
  private AuthOptions secured;
  private final @Nullable ScramExchanges scram;
  private Shard.@Nullable Watch watch;

  BrokerShard(
      Shard shard,
      ShardPlace place,
      ShardLinks links,
      BrokerOptions options,
      Map<String, Authenticator> plugins,
      List<Authorizer> ownAuthorizers,
      @Nullable Store store,
      ServerLog log) {
    this.shard = shard;
    this.number = place.number();
    this.links = links;
    this.options = options;
    this.ownAuthorizers = ownAuthorizers;
    this.secured = options.auth();
    this.log = log;
    this.broker = new Broker(place, options.limits(), new SecureRandom()::nextLong, log);
    this.gate =
        new ConnectGate(
            broker,
            new RetryAfter(new SecureRandom()::nextLong),
            options.storms().waitingConnects());
    this.logins =
        new Logins(
            broker,
            log,
            gate,
            shard,
            plugins,
            options.auth().pending(),
            options.auth().timeoutMillis(),
            options.auth().expiryEndsSession());
    this.scram = scram(options, logins, log);
    this.streams =
        new StreamServer<>(
            shard,
            application(options.limits(), options.auth().chainInside(), CertificateField.NONE));
    this.ownClients = new StreamServer<>(shard, new OwnClients(broker, options.limits(), packets));
    broker.join(links.link(number));
    authorize(options);
    if (store != null) {
      Journal journal = store.journal(task -> shard.context().runOnContext(ignored -> task.run()));
      broker.durable(
          journal,
          shard::nowMillis,
          WallOffset.millis(shard.nowMillis()),
          () -> shard.inPass(flush));
    }
  }

  /** Takes its sessions and retained messages out of the store, if it has one. */
  Future<Recovered> recover() {
    return shard.ask(
        () -> {
          Promise<Recovered> recovered = Promise.promise();
          if (broker.isDurable()) {
            broker.recover(recovered::complete);
          } else {
            recovered.complete(new Recovered(0, 0, 0, 0));
          }
          return recovered.future();
        });
  }

  /** All shards have recovered. */
  Future<Void> recovered() {
    return shard.ask(
        () -> {
          broker.recovered();
          shard.inPass(() -> {}); // behind which the timer is set
          return Future.succeededFuture();
        });
  }

  /** Lets time and the other shards reach it, before any connection does. */
  void open(int closeGraceMillis) {
    if (shard.inThread()) {
      watch(closeGraceMillis);
    } else {
      shard.context().runOnContext(ignored -> watch(closeGraceMillis));
    }
    links.open(number, broker.receiver());
  }

  Shard shard() {
    return shard;
  }

  Broker broker() {
    return broker;
  }

  StreamServer<ServerEvent, ServerConnection> streams() {
    return streams;
  }

  /** Where our own clients are served, to which everything is allowed. */
  StreamServer<ServerEvent, ServerConnection> ownClients() {
    return ownClients;
  }

  /** As the event-bus API needs it. */
  BusShard forBus() {
    return new BusShard(shard, broker, end -> ownClients.attach(end, end, end::close));
  }

  ServingShard<ServerEvent, ServerConnection> serving(ListenerOptions listener) {
    return new ServingShard<>(
        shard,
        application(
            listener.limits().within(options.limits()),
            options.auth().chainOf(listener),
            listener.userField()));
  }

  /** Asks on the event loop; the answer comes in the context of whoever asks. */
  <T> Future<T> on(Supplier<T> question) {
    return shard.ask(() -> Future.succeededFuture(question.get()));
  }

  /** What there is now, as one that does not change. */
  BrokerStatus status() {
    return new BrokerStatus(
        Counters.total(List.of(broker.counters())),
        PacketCounters.total(List.of(packets)),
        broker.connectedCount(),
        broker.sessionCount(),
        broker.subscriptionCount(),
        broker.sharedSubscriptionCount(),
        broker.retainedCount(),
        broker.retainedBytes(),
        Math.max(logins.pending(), scram == null ? 0 : scram.steps()),
        gate.waiting(),
        broker.heldBytes());
  }

  /** The time that its broker is told. */
  long nowMillis() {
    return shard.nowMillis();
  }

  /** From now on users and permissions are these; users who were there and are not, are let go. */
  void secure(BrokerOptions newest, Map<String, Authenticator> plugins) {
    authorize(newest);
    logins.plugins(plugins);
    ScramUsers scramUsers = newest.auth().scramUsers();
    if (scram != null && scramUsers != null) {
      scram.users(scramUsers);
    }
    AuthOptions before = secured;
    secured = newest.auth();
    broker.endConnectionsOf(user -> before.isUser(user) && !newest.auth().isUser(user));
  }

  /** Lets all clients go, evenly over this time; completes when all were told. */
  Future<Void> drain(long millis) {
    return shard.ask(
        () -> {
          Promise<Void> told = Promise.promise();
          long nowMillis = shard.nowMillis();
          broker.drain(millis, nowMillis, told::complete);
          broker.timeout(nowMillis); // the first one; the pass that follows sees the next
          return told.future();
        });
  }

  /** Tells all clients, and accepts none any more. */
  void stop() {
    broker.stop();
    shard.stopMeasuring();
    if (watch != null) {
      watch.cancel();
    }
  }

  /** Nothing comes from other shards any more. */
  void closeLinks() {
    broker.flush();
    links.close(number);
  }

  private void flush() {
    broker.flush();
  }

  private MqttApplication application(Limits limits, AuthChain chain, CertificateField userField) {
    return new MqttApplication(
        shard,
        broker,
        limits,
        packets,
        log,
        chain.scram() ? scram : null,
        logins,
        gate,
        chain,
        userField);
  }

  private void authorize(BrokerOptions options) {
    List<Authorizer> authorizers = new ArrayList<>(ownAuthorizers);
    Acl acl = options.auth().acl();
    if (acl != null) {
      authorizers.add(acl);
    }
    broker.authorization(OwnClients.allowed(AuthorizationChain.of(authorizers)), shard.nowMillis());
  }

  private @Nullable ScramExchanges scram(BrokerOptions options, Logins logins, ServerLog log) {
    ScramUsers users = options.auth().scramUsers();
    return users == null
        ? null
        : new ScramExchanges(
            broker,
            logins,
            log,
            shard.context(),
            users,
            options.auth().pending(),
            new SecureRandom()::nextLong,
            shard::nowMillis);
  }

  private void watch(int closeGraceMillis) {
    shard.closeGraceMillis(closeGraceMillis);
    shard.measureDelay(options.storms().loopDelayMillis());
    watch = shard.watch(new BrokerTimes(broker, gate, shard));
  }
}
