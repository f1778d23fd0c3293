package io.culvert.runtime.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which bridges a message may still go over. */
class BridgeTrailTest {
  @Test
  void noBridgeCarriesAMessageTwice() {
    assertThat(BridgeTrail.permits(List.of("a", "b"), "c")).isTrue();
    assertThat(BridgeTrail.permits(List.of("a", "b"), "a")).isFalse();
    assertThat(BridgeTrail.permits(List.of("up@1"), mark -> mark.endsWith("@2"))).isTrue();
    assertThat(BridgeTrail.permits(List.of("up@1"), mark -> mark.endsWith("@1"))).isFalse();
  }

  @Test
  void overEightBridgesNothingGoesOn() {
    assertThat(BridgeTrail.permits(Collections.nCopies(7, "other"), "one")).isTrue();
    assertThat(BridgeTrail.permits(Collections.nCopies(8, "other"), "one")).isFalse();
  }

  @Test
  void namesOfPropertiesAndHeadersAreKept() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add(BridgeTrail.KEY, "b");
    MqttProperties marked = BridgeTrail.marked(BridgeTrail.begun("a"), headers, "c");
    assertThat(BridgeTrail.of(marked)).containsExactly("a", "b", "c");
    assertThat(BridgeTrail.of(BridgeTrail.begun("a"), headers)).containsExactly("a", "b");
    assertThat(BridgeTrail.of(MqttProperties.NONE)).isEmpty();
  }
}
