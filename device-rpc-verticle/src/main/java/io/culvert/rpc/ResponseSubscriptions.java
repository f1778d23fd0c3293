package io.culvert.rpc;

import io.culvert.client.MqttClientException;
import io.culvert.client.MqttClientFailure;
import io.culvert.engine.Engine;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.RpcTopic;
import io.vertx.core.Future;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How answers come: by one subscription for whoever answers to a response topic, and for others by
 * one for each device in use, or for each call. On the event loop of the client only.
 *
 * <p>Our response topics look like those of the plain protocol, with a name of this client in the
 * place of the request id: whoever may publish and subscribe by the plain protocol's rules may do
 * this, too.
 */
final class ResponseSubscriptions {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private static final int LOOKS_PER_IDLE_TIME = 4;

  private final RpcLink link;
  private final RpcClientOptions options;
  private final BiFunction<RpcMessage, Boolean, Future<?>> arrivals;
  private final String ownName;
  private final Map<String, Target> targets = new LinkedHashMap<>(16, 0.75f, true);

  /** Those that are known to answer to a response topic; the oldest is forgotten. */
  private final Map<String, Boolean> modern;

  private @Nullable Future<?> own;
  private boolean refused;
  private long lookAtMillis;

  /**
   * @param ownName in our response topics
   * @param arrivals gets each answer, and whether it came to our response topic
   */
  ResponseSubscriptions(
      RpcLink link,
      RpcClientOptions options,
      String ownName,
      BiFunction<RpcMessage, Boolean, Future<?>> arrivals) {
    this.link = link;
    this.options = options;
    this.ownName = ownName;
    this.arrivals = arrivals;
    int most = options.maximumTargets();
    this.modern =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > most;
          }
        };
  }

  /** Where an answer of this device comes that obeys it. */
  String responseTopic(RpcTopic request) {
    return topic(request.namespace(), request.subsystem(), request.tag(), ownName);
  }

  /** Where answers may come whoever was asked. */
  static String anyTopic(RpcClientOptions options, String ownName) {
    return topic(options.namespace(), "rpc", options.tag(), ownName);
  }

  String anyTopic() {
    return anyTopic(options, ownName);
  }

  /** Whether the device is known to answer to response topics. */
  boolean knows(String target) {
    return modern.get(target) != null;
  }

  /** The device has answered to our response topic. */
  void isModern(String target) {
    modern.put(target, true);
  }

  /** It has not answered: perhaps another one has its tag now. */
  void isSilent(String target) {
    modern.remove(target);
  }

  /**
   * Completes when the answer to a request can come.
   *
   * @return what ends the call's part in it
   */
  Future<Runnable> open(RpcTopic request, long nowMillis) {
    if (!hasOwn()) {
      return plain(request, nowMillis);
    }
    Future<?> standing = own();
    if (knows(request.tag())) {
      return standing.map(done -> () -> {});
    }
    Future<Runnable> other = plain(request, nowMillis);
    return Future.all(standing, other)
        .<Runnable>map(both -> both.resultAt(1))
        .onFailure(failure -> other.onSuccess(Runnable::run));
  }

  /** Whether requests name a response topic. */
  boolean hasOwn() {
    return !options.plain() && !refused;
  }

  /** Ends what was idle for long enough. */
  void dropIdle(long nowMillis) {
    if (nowMillis < lookAtMillis) {
      return;
    }
    lookAgain(nowMillis);
    Iterator<Target> all = targets.values().iterator();
    while (all.hasNext()) {
      Target target = all.next();
      if (target.calls == 0 && nowMillis - target.usedMillis >= options.targetIdleMillis()) {
        all.remove();
        target.close();
      }
    }
  }

  /** When to call {@link #dropIdle} again. */
  long deadlineMillis() {
    return targets.isEmpty() ? Engine.NO_DEADLINE : lookAtMillis;
  }

  private static String topic(String namespace, String subsystem, String tag, String name) {
    return String.join("/", namespace, subsystem, RpcTopic.Type.RESPONSE.level(), tag, name);
  }

  private Future<?> own() {
    Future<?> open = own;
    if (open != null) {
      return open;
    }
    String filter = topic(options.namespace(), "+", "+", ownName);
    Future<?> opening =
        link.subscribe(filter, options.qos(), message -> arrivals.apply(message, true))
            .<Object>map(subscribed -> subscribed)
            .recover(this::notSubscribed);
    own = opening;
    opening.onFailure(
        failure -> {
          if (own == opening) {
            own = null; // the next call tries again
          }
        });
    return opening;
  }

  /** A broker that does not let us have one: then answers come as to plain requesters. */
  private Future<Object> notSubscribed(Throwable failure) {
    if (failure instanceof MqttClientException told
        && told.failure() == MqttClientFailure.SUBSCRIBE_REFUSED) {
      LOG.warn("no response topics, as the broker says no: {}", failure.getMessage());
      refused = true;
      return Future.succeededFuture(this);
    }
    return Future.failedFuture(failure);
  }

  private Future<Runnable> plain(RpcTopic request, long nowMillis) {
    return switch (options.plainResponses()) {
      case PER_CALL -> perCall(request);
      case PER_TARGET -> {
        Target target = target(request.tag(), nowMillis);
        yield target == null
            ? perCall(request)
            : target
                .subscribed
                .map(done -> (Runnable) () -> target.calls--)
                .recover(
                    refused -> {
                      target.calls--;
                      targets.remove(request.tag(), target);
                      return perCall(request);
                    });
      }
    };
  }

  /** Null where as many as may be are in use. */
  private @Nullable Target target(String tag, long nowMillis) {
    Target found = targets.get(tag);
    if (found == null) {
      if (targets.size() >= options.maximumTargets() && !dropLeastUsed()) {
        return null;
      }
      found =
          new Target(
              link.subscribe(
                  RpcTopic.responseFilter(options.namespace(), tag),
                  options.qos(),
                  message -> arrivals.apply(message, false)));
      if (targets.isEmpty()) {
        lookAgain(nowMillis);
      }
      targets.put(tag, found);
    }
    found.calls++;
    found.usedMillis = nowMillis;
    return found;
  }

  private void lookAgain(long nowMillis) {
    lookAtMillis = nowMillis + Math.max(1, options.targetIdleMillis() / LOOKS_PER_IDLE_TIME);
  }

  private boolean dropLeastUsed() {
    Iterator<Target> all = targets.values().iterator();
    while (all.hasNext()) {
      Target target = all.next();
      if (target.calls == 0) {
        all.remove();
        target.close();
        return true;
      }
    }
    return false;
  }

  private Future<Runnable> perCall(RpcTopic request) {
    return link.subscribe(
            request.response().text(), options.qos(), message -> arrivals.apply(message, false))
        .map(subscribed -> () -> close(subscribed));
  }

  private static void close(RpcLink.Subscribed subscribed) {
    subscribed
        .close()
        .onFailure(failure -> LOG.debug("a subscription was not ended in order", failure));
  }

  private static final class Target {
    final Future<RpcLink.Subscribed> subscribed;
    long usedMillis;
    int calls;

    Target(Future<RpcLink.Subscribed> subscribed) {
      this.subscribed = subscribed;
    }

    void close() {
      subscribed.onSuccess(ResponseSubscriptions::close);
    }
  }
}
