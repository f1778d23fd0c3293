package io.culvert.broker.bus;

import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.runtime.bus.MqttAddresses;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.SubscribeRequest;
import io.culvert.runtime.bus.SubscribeResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribers on the event bus, and their leases. A renewal may come to any node; it is passed
 * on to the node that has the subscription. Everything in it happens on the broker's first event
 * loop; each subscriber is on one of its event loops, in turn.
 */
final class Subscribers {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}\\.[0-9]{1,18}");
  private static final Set<String> FIELDS = Set.of("subscription");

  /** How late the end of a lease may be noticed. */
  private static final long TICK_MILLIS = 500;

  private final Vertx vertx;
  private final List<BusShard> shards;
  private final BusOptions options;
  private final BusCounters counters;
  private final String node;
  private final Map<String, Lease> leases = new HashMap<>();
  private long last;
  private long timer;

  /**
   * None at first.
   *
   * @param node a name that no other node has, of 16 hexadecimal digits
   */
  Subscribers(
      Vertx vertx, List<BusShard> shards, BusOptions options, BusCounters counters, String node) {
    this.vertx = vertx;
    this.shards = shards;
    this.options = options;
    this.counters = counters;
    this.node = node;
  }

  void start() {
    timer = vertx.setPeriodic(TICK_MILLIS, ignored -> endLeases());
  }

  /** Their connections end with the broker. */
  void stop() {
    vertx.cancelTimer(timer);
  }

  /** How many there are, and those that have ended lately. */
  int count() {
    return leases.size();
  }

  Future<SubscribeResult> subscribe(JsonObject body) {
    SubscribeRequest request = SubscribeRequest.fromJson(body);
    Subscriber.check(request);
    if (leases.size() >= options.subscriptions()) {
      throw MqttFailure.QUOTA_EXCEEDED.because(
          "there are " + leases.size() + " subscriptions on the event bus");
    }
    String id = nextId();
    BusShard shard = shards.get((int) (last % shards.size()));
    Subscriber subscriber =
        new Subscriber(
            id,
            clientId(id, request),
            request,
            shard,
            counters,
            options.sessionExpirySeconds(),
            Outlet.requests(vertx, request));
    Lease lease = new Lease(subscriber);
    leases.put(id, lease);
    renew(lease);
    return shard
        .onLoop(subscriber::start)
        .onSuccess(granted -> renew(lease))
        .onFailure(refused -> leases.remove(id))
        .onSuccess(granted -> subscriber.ended().onSuccess(why -> lease.ended = told(why)));
  }

  /** A name for a subscription that none had before. */
  String nextId() {
    last++;
    return node + "." + last;
  }

  /** Renews a lease: its whole time begins anew. */
  Future<JsonObject> renew(JsonObject body) {
    return at(
        MqttAddresses.RENEW,
        body,
        lease -> {
          renew(lease);
          return Future.succeededFuture(
              new JsonObject().put("leaseSeconds", lease.subscriber.request().leaseSeconds()));
        });
  }

  Future<JsonObject> unsubscribe(JsonObject body) {
    return at(
        MqttAddresses.UNSUBSCRIBE,
        body,
        lease -> {
          Subscriber subscriber = lease.subscriber;
          leases.values().remove(lease);
          return subscriber.shard().onLoop(subscriber::unsubscribe).map(done -> new JsonObject());
        });
  }

  private static String clientId(String id, SubscribeRequest request) {
    String session = request.session();
    return session == null
        ? ReservedIds.subscriber(id)
        : ReservedIds.session(session, request.filter());
  }

  /** What a renewal is told. */
  private static MqttFailure told(ReasonCode why) {
    return why == ReasonCode.SESSION_TAKEN_OVER
        ? MqttFailure.SUBSCRIPTION_TAKEN_OVER
        : MqttFailure.SUBSCRIPTION_UNKNOWN;
  }

  private Future<JsonObject> at(String address, JsonObject body, Action action) {
    String id = JsonFields.of(body, FIELDS).text("subscription");
    if (!ID.matcher(id).matches()) {
      throw MqttFailure.BAD_REQUEST.because("subscription is not the name of one");
    }
    if (!id.startsWith(node)) {
      return elsewhere(MqttAddresses.at(id.substring(0, id.indexOf('.')), address), body);
    }
    Lease lease = leases.get(id);
    if (lease == null) {
      throw MqttFailure.SUBSCRIPTION_UNKNOWN.because("no subscription " + id);
    }
    if (lease.ended != null) {
      throw lease.ended.because("subscription " + id + " has ended");
    }
    return action.on(lease);
  }

  private Future<JsonObject> elsewhere(String address, JsonObject body) {
    return vertx
        .eventBus()
        .<JsonObject>request(address, body)
        .map(Message::body)
        .recover(
            failure ->
                failure instanceof ReplyException reply
                        && reply.failureType() == ReplyFailure.NO_HANDLERS
                    ? Future.failedFuture(
                        MqttFailure.SUBSCRIPTION_UNKNOWN.because("its broker has gone"))
                    : Future.failedFuture(failure));
  }

  private void renew(Lease lease) {
    lease.untilMillis = nowMillis() + lease.subscriber.request().leaseSeconds() * 1000L;
  }

  private void endLeases() {
    long now = nowMillis();
    leases
        .values()
        .removeIf(
            lease -> {
              boolean isOver = lease.untilMillis <= now;
              if (isOver && lease.ended == null) {
                end(lease.subscriber);
              }
              return isOver;
            });
  }

  private void end(Subscriber subscriber) {
    counters.countLeaseEnded();
    LOG.info(
        "the subscriber of {} at {} did not renew its lease",
        subscriber.request().filter(),
        subscriber.request().address());
    subscriber
        .shard()
        .on(
            () -> {
              subscriber.leave();
              return subscriber;
            })
        .onFailure(failure -> LOG.error("a subscriber could not be ended", failure));
  }

  private long nowMillis() {
    return shards.get(0).shard().nowMillis();
  }

  @FunctionalInterface
  private interface Action {
    Future<JsonObject> on(Lease lease);
  }

  /** Kept after its subscriber has ended, so that this can be told why. */
  private static final class Lease {
    private final Subscriber subscriber;
    private long untilMillis;
    private volatile @Nullable MqttFailure ended; // told by the subscriber's event loop

    private Lease(Subscriber subscriber) {
      this.subscriber = subscriber;
    }
  }
}
