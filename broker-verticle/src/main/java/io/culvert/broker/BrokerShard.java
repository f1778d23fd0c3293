package io.culvert.broker;

import io.culvert.broker.auth.Acl;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.broker.config.TlsSettings;
import io.culvert.mqtt.auth.ScramUsers;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.Counters;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.server.ShardPlace;
import io.culvert.runtime.driver.ServingShard;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.ShardLinks;
import io.culvert.runtime.driver.StreamServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.security.SecureRandom;
import java.util.List;
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
  private final ServerLog log;
  private final StreamServer<ServerEvent, ServerConnection> streams;
  private final Logins logins;
  private BrokerOptions secured;
  private final @Nullable ScramExchanges scram;
  private Shard.@Nullable Watch watch;

  BrokerShard(
      Shard shard, ShardPlace place, ShardLinks links, BrokerOptions options, ServerLog log) {
    this.shard = shard;
    this.number = place.number();
    this.links = links;
    this.options = options;
    this.secured = options;
    this.log = log;
    this.broker = new Broker(place, options.limits(), new SecureRandom()::nextLong, log);
    this.scram = scram(options, log);
    this.logins = logins(options, log);
    this.streams = new StreamServer<>(shard, application(true, false)); // our own process
    broker.join(links.link(number));
    authorize(options);
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

  ServingShard<ServerEvent, ServerConnection> serving(ListenerOptions listener) {
    TlsSettings tls = listener.tls();
    return new ServingShard<>(
        shard, application(options.admitsAnonymous(listener), tls != null && tls.namesUser()));
  }

  /** Asks on the event loop. */
  <T> Future<T> on(Supplier<T> question) {
    Promise<T> answer = Promise.promise();
    shard
        .context()
        .runOnContext(
            ignored -> Future.succeededFuture().map(now -> question.get()).onComplete(answer));
    return answer.future();
  }

  /** What there is now, as one that does not change. */
  BrokerStatus status() {
    return new BrokerStatus(
        Counters.total(List.of(broker.counters())),
        broker.sessionCount(),
        broker.subscriptionCount(),
        broker.retainedCount(),
        broker.retainedBytes(),
        broker.heldBytes());
  }

  /** From now on users and permissions are these; users who were there and are not, are let go. */
  void secure(BrokerOptions newest) {
    authorize(newest);
    logins.users(newest.passwordUsers());
    ScramUsers scramUsers = newest.scramUsers();
    if (scram != null && scramUsers != null) {
      scram.users(scramUsers);
    }
    BrokerOptions before = secured;
    secured = newest;
    broker.endConnectionsOf(user -> before.isUser(user) && !newest.isUser(user));
  }

  /** Tells all clients, and accepts none any more. */
  void stop() {
    broker.stop();
    if (watch != null) {
      watch.cancel();
    }
  }

  /** Nothing comes from other shards any more. */
  void closeLinks() {
    links.close(number);
  }

  private MqttApplication application(boolean anonymous, boolean certificates) {
    return new MqttApplication(broker, log, scram, logins, anonymous, certificates);
  }

  private void authorize(BrokerOptions options) {
    Acl acl = options.acl();
    if (acl != null) {
      broker.authorization(acl, shard.nowMillis());
    }
  }

  private @Nullable ScramExchanges scram(BrokerOptions options, ServerLog log) {
    ScramUsers users = options.scramUsers();
    return users == null
        ? null
        : new ScramExchanges(
            broker,
            log,
            shard.context(),
            users,
            options.pendingAuthentications(),
            new SecureRandom()::nextLong,
            shard::nowMillis);
  }

  private Logins logins(BrokerOptions options, ServerLog log) {
    return new Logins(
        broker,
        log,
        shard.context(),
        options.passwordUsers(),
        options.pendingAuthentications(),
        shard::nowMillis);
  }

  private void watch(int closeGraceMillis) {
    shard.closeGraceMillis(closeGraceMillis);
    watch = shard.watch(new BrokerTimes(broker));
  }
}
