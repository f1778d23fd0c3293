package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Engine;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcTopic;
import io.vertx.core.Future;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which subscriptions there are for answers, and for how long. */
class ResponseSubscriptionsTest {
  private static final String OWN = "ns/+/response/+/to-me";

  private final RecordedLink link = new RecordedLink();
  private final RpcClientOptions options =
      RpcClientOptions.of("cli").withNamespace("ns").withTargets(2, 1000);

  @Test
  void plainRequestsToOneDeviceShareASubscriptionUntilItIsIdle() {
    ResponseSubscriptions subscriptions = subscriptions(options.withPlain(true));
    assertThat(subscriptions.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
    Runnable first = open(subscriptions, "a", 0);
    Runnable second = open(subscriptions, "a", 10);
    assertThat(link.open).containsExactly("ns/+/response/a/+");
    first.run();
    subscriptions.dropIdle(5000);
    assertThat(link.open).as("one waits still").hasSize(1);
    second.run();
    subscriptions.dropIdle(6000);
    assertThat(link.open).isEmpty();
    assertThat(link.subscribed).isEqualTo(1);
    assertThat(subscriptions.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
  }

  @Test
  void beyondTheLimitTheOneIdleForLongestGoes() {
    ResponseSubscriptions subscriptions = subscriptions(options.withPlain(true));
    open(subscriptions, "a", 0).run();
    open(subscriptions, "b", 1).run();
    open(subscriptions, "a", 2).run();
    Runnable third = open(subscriptions, "c", 3);
    assertThat(link.open).containsExactly("ns/+/response/a/+", "ns/+/response/c/+");
    third.run();
  }

  @Test
  void whereAllAreInUseACallHasItsOwn() {
    ResponseSubscriptions subscriptions = subscriptions(options.withPlain(true));
    open(subscriptions, "a", 0);
    open(subscriptions, "b", 0);
    RpcTopic topic = topic("c");
    Runnable own = subscriptions.open(topic, 0).result();
    assertThat(link.open).contains(topic.response().text());
    own.run();
    assertThat(link.open).containsExactly("ns/+/response/a/+", "ns/+/response/b/+");
  }

  @Test
  void whereTheBrokerRefusesTheWildcardACallHasItsOwn() {
    link.refused.add("ns/+/response/a/+");
    ResponseSubscriptions subscriptions = subscriptions(options.withPlain(true));
    RpcTopic topic = topic("a");
    Runnable own = subscriptions.open(topic, 0).result();
    assertThat(link.open).containsExactly(topic.response().text());
    own.run();
    assertThat(link.open).isEmpty();
  }

  @Test
  void whoAnswersToResponseTopicsNeedsNoSubscriptionOfItsOwn() {
    ResponseSubscriptions subscriptions = subscriptions(options);
    open(subscriptions, "a", 0).run();
    assertThat(link.open).containsExactly(OWN, "ns/+/response/a/+");
    subscriptions.isModern("a");
    subscriptions.dropIdle(5000);
    open(subscriptions, "a", 5001).run();
    assertThat(link.open).containsExactly(OWN);
    subscriptions.isSilent("a");
    open(subscriptions, "a", 5002).run();
    assertThat(link.open).containsExactly(OWN, "ns/+/response/a/+");
    assertThat(subscriptions.responseTopic(topic("a"))).isEqualTo("ns/sub/response/a/to-me");
  }

  @Test
  void withoutTheSubscriptionForAllTheNextCallTriesAgain() {
    link.refused.add(OWN);
    ResponseSubscriptions subscriptions = subscriptions(options);
    assertThat(subscriptions.open(topic("a"), 0).failed()).isTrue();
    link.refused.clear();
    open(subscriptions, "a", 1).run();
    subscriptions.dropIdle(5000);
    assertThat(link.open).as("nothing counts as in use").containsExactly(OWN);
  }

  private ResponseSubscriptions subscriptions(RpcClientOptions used) {
    return new ResponseSubscriptions(
        link, used, "to-me", (message, own) -> Future.succeededFuture());
  }

  private static Runnable open(ResponseSubscriptions subscriptions, String target, long nowMillis) {
    return subscriptions.open(topic(target), nowMillis).result();
  }

  private static RpcTopic topic(String target) {
    return RpcTopic.request("ns", "sub", target, RequestId.of(new UUID(0, 1)));
  }
}
