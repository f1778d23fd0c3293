package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.MqttClientOptions;
import io.culvert.rpc.Device;
import io.culvert.rpc.Reply;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulated device and those who ask it, on the command line. */
class RpcCommandTest {
  private static final String TAG = "2D_XX_0_9999";

  @TempDir Path folder;

  private String port;

  @Test
  void theSimulatedDeviceAnswersEachMethod() throws Exception {
    RunningBroker broker = RunningBroker.start(folder);
    port = broker.port();
    Session device = new Session(folder);
    device.start("device", "simulate", "--tag", TAG, "--port", port);
    assertThat(device.line("ready")).isEqualTo("ready " + TAG);

    assertAnswer("205 CONTENT\n", "[0,1,2,3,4]\n", "get", TAG, "axuv", "gains");
    assertAnswer("204 CHANGED\n", "", "put", TAG, "axuv", "gains", "[5, 6]");
    assertAnswer("205 CONTENT\n", "[5,6]\n", "get", TAG, "axuv", "gains");
    assertAnswer("205 CONTENT\n", "{\"a\":null}\n", "post", TAG, "x", "echo", "{\"a\":null}");
    assertAnswer("201 CREATED items/1\n", "", "post", TAG, "x", "create");
    assertAnswer("202 DELETED\n", "", "delete", TAG, "x", "del", "--plain", "-V", "3.1.1");
    assertAnswer("203 VALID\n", "", "get", TAG, "x", "valid", "-q", "0");

    Session whole = ask("get", TAG, "x", "gains", "--whole", "-i", "me");
    JsonObject answer = new JsonObject(whole.out());
    assertThat(answer.getJsonObject("header").getString("source")).isEqualTo(TAG);
    assertThat(answer.getJsonObject("header").getInteger("response_code")).isEqualTo(205);

    Session header = ask("get", TAG, "x", "corr", "--token", "t", "--correlation-id", "c");
    assertThat(new JsonObject(header.out()).getString("token")).isEqualTo("t");
    assertThat(new JsonObject(header.out()).getString("correlation_id")).isEqualTo("c");

    Session watch = new Session(folder);
    watch.start("rpc", "observe", TAG, "axuv", "gains", "-p", port);
    assertThat(watch.line("[5,6]")).isEqualTo("[5,6]");
    assertAnswer("204 CHANGED\n", "", "put", TAG, "axuv", "gains", "[7]");
    assertThat(watch.line("[7]")).isEqualTo("[7]");
    assertThat(watch.end()).isZero();
    assertThat(watch.err()).isEmpty();

    Session unread = new Session(folder).closed();
    assertThat(unread.execute("rpc", "observe", TAG, "axuv", "gains", "-p", port))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(unread.err()).startsWith("culvert: stdout takes no more");

    Session listed = ask("discover", TAG, "x", "rt=gf.*");
    assertThat(listed.out()).isEqualTo("/gains title=\"Five numbers\" rt=\"gf.gains\"\n");
    assertThat(device.end()).isZero();
    broker.stop();
  }

  @Test
  void aRequestWaitsForItsDeviceOrWantsNoAnswer() throws Exception {
    RunningBroker broker = RunningBroker.start(folder);
    port = broker.port();
    Session early = new Session(folder);
    early.start("rpc", "put", TAG, "x", "gains", "[8]", "-p", port, "--until-there", "60");
    Session expired = failed("put", TAG, "x", "gains", "[9]", "--until-there", "1");
    assertThat(expired.err()).contains("not sent: the device was not there in time");
    Session device = new Session(folder);
    device.start("device", "simulate", "--tag", TAG, "--port", port);
    assertThat(device.line("ready")).isEqualTo("ready " + TAG);
    assertThat(early.errLine("204")).isEqualTo("204 CHANGED");
    assertAnswer("205 CONTENT\n", "[8]\n", "get", TAG, "x", "gains");
    Session refused = failed("get", TAG, "x", "nowhere", "--until-there", "60");
    assertThat(refused.err()).isEqualTo("404 NOT_FOUND\n");
    assertAnswer("", "", "put", TAG, "x", "gains", "[10]", "--tell");
    assertAnswer("205 CONTENT\n", "[10]\n", "get", TAG, "x", "gains");
    assertThat(device.end()).isZero();
    broker.stop();
  }

  @Test
  void whatCannotBeObservedIsPrintedOnce() throws Exception {
    RunningBroker broker = RunningBroker.start(folder);
    port = broker.port();
    try (PlainDevice device = PlainDevice.start(TAG, port, 7, RpcOptions.NONE)) {
      Session watch = failed("observe", TAG, "x", "level");
      assertThat(watch.out()).isEqualTo("7\n");
      assertThat(watch.err())
          .isEqualTo(
              """
              culvert: %s does not let level be observed, or not by one more:
                that was its answer, and no other will come
              """
                  .formatted(TAG));
      Session unread = new Session(folder).closed();
      assertThat(unread.execute(arguments("observe", TAG, "x", "level")))
          .isEqualTo(ExitCode.FAILURE);
      assertThat(unread.err()).startsWith("culvert: stdout takes no more").hasLineCount(1);
    }
    broker.stop();
  }

  @Test
  void theLastStateIsPrintedToo() throws Exception {
    RunningBroker broker = RunningBroker.start(folder);
    port = broker.port();
    RpcOptions observed = RpcOptions.NONE.withObserve(1).withLeaseSeconds(60L);
    try (PlainDevice device = PlainDevice.start(TAG, port, 7, observed, RpcOptions.NONE)) {
      Session watch = failed("observe", TAG, "x", "level");
      assertThat(watch.out()).isEqualTo("7\n7\n");
      assertThat(watch.err()).isEqualTo(ended("level"));
    }
    broker.stop();
  }

  @Test
  void aFailureEndsWhatIsObserved() throws Exception {
    RunningBroker broker = RunningBroker.start(folder);
    port = broker.port();
    AtomicBoolean isGone = new AtomicBoolean();
    Device device = new Device();
    device
        .resource("level")
        .get(
            request -> {
              if (isGone.get()) {
                throw request.refusal(ResponseCode.NOT_FOUND, "it is gone");
              }
              return Reply.content(1);
            });
    RpcRun run =
        RpcRun.connect(
            new MqttClientOptions().setAddresses("mqtt://127.0.0.1:" + port),
            RpcClientOptions.of(TAG),
            /* mqtt5= */ true,
            vertx -> device);

    Session watch = new Session(folder).start(arguments("observe", TAG, "x", "level"));
    assertThat(watch.line("1")).isEqualTo("1");
    isGone.set(true);
    device.changed("level");
    assertThat(watch.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(watch.out()).isEqualTo("1\n\"it is gone\"\n");
    assertThat(watch.err()).isEqualTo("404 NOT_FOUND\n" + ended("level"));
    run.close();
    broker.stop();
  }

  @Test
  void theEndOfTheLinkEndsWhatIsObserved() throws Exception {
    RunningBroker broker = RunningBroker.start(folder);
    port = broker.port();
    RpcOptions forAnHour = RpcOptions.NONE.withObserve(1).withLeaseSeconds(3600L);
    try (PlainDevice device = PlainDevice.start(TAG, port, 7, forAnHour)) {
      Session watch = new Session(folder).start(arguments("observe", TAG, "x", "level"));
      assertThat(watch.line("7")).isEqualTo("7");
      broker.stop();
      assertThat(watch.exitCode()).isEqualTo(ExitCode.FAILURE);
      assertThat(watch.out()).isEqualTo("7\n");
      assertThat(watch.err())
          .startsWith(
              "culvert: no other state of level will come:"
                  + " 503: the link to the broker has ended: mqtt://localhost:"
                  + port)
          .hasLineCount(1);
    }
  }

  @Test
  void failuresAreTold() throws Exception {
    RunningBroker broker = RunningBroker.start(folder);
    port = broker.port();
    Session device = new Session(folder);
    device.start("device", "simulate", "--tag", TAG, "--port", port);
    assertThat(device.line("ready")).isEqualTo("ready " + TAG);

    Session missing = failed("get", TAG, "axuv", "nowhere");
    assertThat(missing.err()).isEqualTo("404 NOT_FOUND\n");
    assertThat(missing.out()).isEqualTo("\"there is no nowhere\"\n");
    assertThat(failed("delete", TAG, "axuv", "gains").err()).isEqualTo("405 METHOD_NOT_ALLOWED\n");
    assertThat(failed("get", TAG, "axuv", "code/503").err()).isEqualTo("503 SERVICE_UNAVAILABLE\n");
    assertThat(failed("get", TAG, "axuv", "silent", "--timeout-millis", "100").err())
        .contains("504: Request timed out after 0.1 s");
    assertThat(device.end()).isZero();
    broker.stop();
  }

  @Test
  void wrongArgumentsAreNamed() throws Exception {
    port = "1";
    assertUsage(
        "--tell does not wait for the device", "get", "a", "s", "p", "--tell", "--until-there=9");
    assertUsage("TARGET has 1 to 128 characters", "get", "a/b", "s", "p");
    assertUsage("SUBSYSTEM has 1 to 128 characters", "get", "a", "+", "p");
    assertUsage("BODY is JSON", "put", "a", "s", "p", "{");
    assertUsage(
        "--timeout-millis is a whole number", "get", "a", "s", "p", "--timeout-millis", "0");
    assertUsage("FILTER is NAME=VALUE", "discover", "a", "s", "rt");
    Session device = new Session(folder);
    assertThat(device.execute("device", "simulate")).isEqualTo(ExitCode.USAGE);
    assertThat(device.err()).contains("--tag says who the device is");
  }

  private static String ended(String path) {
    return "culvert: %s does not let %s be observed any more\n".formatted(TAG, path);
  }

  private void assertAnswer(String head, String body, String... words) throws Exception {
    Session session = ask(words);
    assertThat(session.err()).isEqualTo(head);
    assertThat(session.out()).isEqualTo(body);
  }

  private Session ask(String... words) throws Exception {
    Session session = new Session(folder);
    assertThat(session.execute(arguments(words))).as(session.err()).isZero();
    return session;
  }

  private Session failed(String... words) throws Exception {
    Session session = new Session(folder);
    assertThat(session.execute(arguments(words))).isEqualTo(ExitCode.FAILURE);
    return session;
  }

  private void assertUsage(String message, String... words) throws Exception {
    Session session = new Session(folder);
    assertThat(session.execute(arguments(words))).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains(message);
  }

  private String[] arguments(String... words) {
    List<String> all = new ArrayList<>(List.of("rpc"));
    all.addAll(List.of(words));
    all.addAll(List.of("-p", port));
    return all.toArray(String[]::new);
  }
}
