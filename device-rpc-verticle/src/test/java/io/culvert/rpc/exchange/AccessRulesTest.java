package io.culvert.rpc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may do what with which resources. */
class AccessRulesTest {
  private final Pair pair =
      new Pair(
          RequesterOptions.of("me"),
          ResponderOptions.of(Pair.DEVICE)
              .withAccess(
                  new AccessRules(
                      List.of(
                          AccessRule.everybody("public"),
                          AccessRule.everybody("sensor/*").withMethods(Set.of(Method.GET)),
                          AccessRule.token("sensor/*", Set.of("writer", "owner")),
                          AccessRule.everybody("mine").withSources(Set.of("me")),
                          AccessRule.everybody("theirs").withSources(Set.of("them"))))),
          1);

  @Test
  void whatIsForEverybodyNeedsNothing() {
    assertThat(refusal(Method.PUT, "public", null)).isNull();
    assertThat(refusal(Method.GET, "sensor/a/b", null)).isNull();
    assertThat(refusal(Method.PUT, "mine", null)).isNull();
  }

  @Test
  void whatNeedsATokenIsRefusedWithoutAndWithAWrongOne() {
    assertThat(refusal(Method.PUT, "sensor/a", null)).isInstanceOf(RpcException.Unauthorized.class);
    assertThat(refusal(Method.PUT, "sensor/a", "write"))
        .isInstanceOf(RpcException.Unauthorized.class);
    assertThat(refusal(Method.PUT, "sensor/a", "writer")).isNull();
    assertThat(refusal(Method.PUT, "sensor/a", "owner")).isNull();
  }

  @Test
  void whatNoRuleAllowsIsForbidden() {
    assertThat(refusal(Method.GET, "theirs", "owner")).isInstanceOf(RpcException.Forbidden.class);
    assertThat(refusal(Method.GET, "else", null)).isInstanceOf(RpcException.Forbidden.class);
    assertThat(refusal(Method.GET, "sensor", null)).isInstanceOf(RpcException.Forbidden.class);
    assertThat(pair.executed).isEmpty();
  }

  @Test
  void tokensAreNotPrinted() {
    assertThat(AccessRule.token("p", Set.of("secret")))
        .hasToString("AccessRule[path=p, methods=[], sources=[], 1 tokens]");
  }

  private RpcException refusal(Method method, String path, String token) {
    RequestId call = pair.call(Call.of(Pair.DEVICE, "axuv", method, path, null).withToken(token));
    pair.clock.advance(5);
    return pair.ended.get(call) instanceof RequesterEvent.Failed failed ? failed.exception() : null;
  }
}
