package io.culvert.rpc.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.runtime.config.ConfigurationException;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the section {@code rpc} says. */
class RpcServiceOptionsTest {
  @TempDir Path folder;

  @Test
  void withoutSettingsTheBrokerOfTheEventBusIsAsked() {
    RpcServiceOptions options = RpcServiceOptions.parse(new JsonObject());
    assertThat(options.broker()).isNull();
    assertThat(options.namespace()).isEqualTo("gf_int_v1");
    assertThat(options.tag()).startsWith("culvert-rpc-");
    assertThat(options.timeoutMillis()).isEqualTo(5000);
    assertThat(options.perCall()).isFalse();
    assertThat(options.targetIdleMillis()).isEqualTo(60_000);
    assertThat(RpcServiceOptions.parse(new JsonObject()).tag())
        .as("another node has another tag")
        .isNotEqualTo(options.tag());
  }

  @Test
  void theFirstLineOfTheFileIsThePasswordWhichIsNotShown() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "s3cret\nsomething else\n");
    RpcServiceOptions options =
        parse(
            new JsonObject()
                .put("broker", "mqtt://broker")
                .put("password-file", file.toString())
                .put("plain-responses", "per-call"));
    assertThat(options.password()).isEqualTo("s3cret");
    assertThat(options.toString()).doesNotContain("s3cret");
    assertThat(options.perCall()).isTrue();
  }

  @Test
  void allThatIsWrongIsToldTogether() {
    JsonObject section =
        new JsonObject()
            .put("namespace", "a/b")
            .put("tag", "+")
            .put("user", "anna")
            .put("password-file", folder.resolve("none").toString());
    assertThatThrownBy(() -> parse(section))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("rpc.namespace: has 1 to 128 characters")
        .hasMessageContaining("rpc.tag: has 1 to 128 characters")
        .hasMessageContaining("rpc.user: needs rpc.broker")
        .hasMessageContaining("rpc.password-file: needs rpc.broker")
        .hasMessageContaining("rpc.password-file: there is no such file");
  }

  @Test
  void addressThatIsNoneIsTheSettings() {
    assertThatThrownBy(() -> parse(new JsonObject().put("broker", "http://broker")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("rpc.broker: http://broker: the scheme is mqtt");
  }

  private static RpcServiceOptions parse(JsonObject section) {
    return RpcServiceOptions.parse(new JsonObject().put("rpc", section));
  }
}
