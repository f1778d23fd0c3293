package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttAddresses;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.SubscribeRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs/event-bus.md against a real broker: schemas, examples, and the table of failures. */
class BusDocumentTest {
  private static final Path PAGE = Path.of("../docs/event-bus.md");
  private static final Path THIS = Path.of("src/test/java/io/culvert/broker/BusDocumentTest.java");

  private static final Path VERBS = Path.of("src/main/java/io/culvert/broker/bus/AdminApi.java");

  private static final JsonSchemaOptions DRAFT =
      new JsonSchemaOptions()
          .setBaseUri("https://culvert.io")
          .setDraft(Draft.DRAFT202012)
          .setOutputFormat(OutputFormat.Basic);

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private Vertx vertx;
  private String page;
  private int port;

  @BeforeEach
  void deploy() throws Exception {
    page = Files.readString(PAGE);
    vertx = Vertx.vertx();
    port = DeployedBroker.deploy(vertx, "test", new JsonObject()).port();
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void examplesAndRealAnswersAreWhatTheSchemasSay() throws Exception {
    List<Section> sections = sections();
    assertThat(sections)
        .extracting(Section::address)
        .hasSizeGreaterThanOrEqualTo(17)
        .doesNotHaveDuplicates();
    String subscription = null;
    for (Section section : sections) {
      check(section.requestSchema(), section.request(), section.address() + ", the example");
      check(section.replySchema(), section.reply(), section.address() + ", the example's reply");
      JsonObject request = section.request().copy();
      if (request.containsKey("subscription")) {
        request.put("subscription", subscription);
      }
      // Which every administrator's example is about.
      try (Mqtt5Client sensor = Mqtt5Client.connected(port, "sensor-1", Properties.EMPTY)) {
        assertThat(sensor.subscribe("commands/#", QoS.AT_MOST_ONCE)).isEqualTo(ReasonCode.SUCCESS);
        JsonObject reply =
            await(vertx.eventBus().<JsonObject>request(section.address(), request)).body();
        check(section.replySchema(), reply, section.address() + ", the broker's reply");
        subscription = reply.getString("subscription", subscription);
      }
    }
  }

  @Test
  void everyVerbOfAdministratorsHasItsSection() throws Exception {
    List<String> verbs =
        Pattern.compile("Map\\.entry\\(\"([a-z.]+)\"")
            .matcher(Files.readString(VERBS))
            .results()
            .map(entry -> MqttAddresses.ADMIN + entry.group(1))
            .toList();
    assertThat(sections())
        .extracting(Section::address)
        .filteredOn(address -> address.startsWith(MqttAddresses.ADMIN))
        .containsExactlyInAnyOrderElementsOf(verbs);
  }

  @Test
  void aRealMessageIsWhatItsSchemaSays() throws Exception {
    JsonObject schema = json("message-schema", page);
    check(schema, json("message", page), "the example");
    Promise<JsonObject> received = Promise.promise();
    vertx
        .eventBus()
        .<JsonObject>consumer(
            "here",
            message -> {
              received.tryComplete(message.body());
              message.reply(null);
            });
    JsonObject request = new JsonObject().put("filter", "#").put("address", "here");
    await(vertx.eventBus().request("culvert.mqtt.subscribe", request));
    JsonObject publish = section("culvert.mqtt.publish").request();
    await(vertx.eventBus().request("culvert.mqtt.publish", publish));
    check(schema, await(received.future()), "the broker's message");
  }

  @Test
  void theTableNamesEveryFailure() {
    Matcher lines =
        Pattern.compile("(?m)^\\| (\\d+) \\| `([A-Z_0-9]+)` \\| (yes|no) \\|")
            .matcher(page.substring(page.indexOf("\n## Failures")));
    List<String> documented = new ArrayList<>();
    while (lines.find()) {
      documented.add(lines.group(1) + " " + lines.group(2) + " " + lines.group(3));
    }
    List<String> failures = new ArrayList<>();
    for (MqttFailure failure : MqttFailure.values()) {
      failures.add(
          failure.code() + " " + failure.name() + " " + (failure.retryable() ? "yes" : "no"));
    }
    assertThat(documented).isEqualTo(failures);
  }

  @Test
  void theExampleInJavaWorks() throws Exception {
    assertIsHere(0);
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Promise<Void> done = Promise.promise();
      example().onComplete(result -> done.complete());
      await(done.future());
      untilPrinted("success");
      untilPrinted("sensors/1 21.5");
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void theExampleInJsonWorks() throws Exception {
    assertIsHere(1);
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      jsonExample();
      CulvertMqtt mqtt = CulvertMqtt.create(vertx);
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (await(mqtt.publish(MqttMessage.of("sensors/json", "1"))).reasonCode() != 0) {
        assertThat(System.nanoTime()).as("subscribed in time").isLessThan(until);
      }
      untilPrinted("sensors/json");
    } finally {
      System.setOut(before);
    }
  }

  private Future<?> example() {
    // the first example of the page
    return Future.succeededFuture()
        .compose(
            start -> {
              CulvertMqtt mqtt = CulvertMqtt.create(vertx);
              return mqtt.subscribe(
                      SubscribeRequest.to("sensors/#"),
                      received -> {
                        System.out.println(
                            received.message().topic() + " " + received.message().payload());
                        return Future
                            .succeededFuture(); // acknowledges; a failed one lets it come again
                      })
                  .compose(subscription -> mqtt.publish(MqttMessage.of("sensors/1", "21.5")))
                  .onSuccess(result -> System.out.println(result.reason()));
            });
  }

  private void jsonExample() {
    vertx
        .eventBus()
        .<JsonObject>consumer(
            "my.sensors",
            message -> {
              System.out.println(message.body().getString("topic"));
              message.reply(new JsonObject()); // acknowledges
            });
    vertx
        .eventBus()
        .<JsonObject>request(
            "culvert.mqtt.subscribe",
            new JsonObject().put("filter", "sensors/#").put("qos", 1).put("address", "my.sensors"))
        .onSuccess(
            granted ->
                vertx.setPeriodic(
                    10_000, // a third of the lease
                    tick ->
                        vertx
                            .eventBus()
                            .request(
                                "culvert.mqtt.renew",
                                new JsonObject()
                                    .put(
                                        "subscription",
                                        granted.body().getString("subscription")))));
  }

  /** What the page says is compiled here, whatever its line breaks. */
  private void assertIsHere(int number) throws IOException {
    Matcher examples = Pattern.compile("(?s)```java example\n(.*?)```").matcher(page);
    String example = examples.results().toList().get(number).group(1);
    String source = bare(Files.readString(THIS));
    for (String statement : bare(example).split(";")) {
      assertThat(source).contains(statement);
    }
  }

  private static String bare(String code) {
    return code.replaceAll("//[^\n]*", "").replaceAll("\\s", "");
  }

  private void untilPrinted(String text) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!printed.toString(StandardCharsets.UTF_8).contains(text)) {
      assertThat(System.nanoTime()).as("printed in time: " + text).isLessThan(until);
      Thread.onSpinWait();
    }
  }

  private static void check(JsonObject schema, JsonObject json, String what) {
    OutputUnit result = Validator.create(JsonSchema.of(schema), DRAFT).validate(json);
    assertThat(result.getValid()).as(what + " " + json + " " + result.getErrors()).isTrue();
  }

  private Section section(String address) {
    return sections().stream().filter(s -> s.address().equals(address)).findFirst().orElseThrow();
  }

  private List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    Matcher headings = Pattern.compile("(?ms)^### `(\\S+)`$(.*?)(?=^##|\\z)").matcher(page);
    while (headings.find()) {
      if (!headings.group(1).startsWith("culvert.mqtt.")) {
        continue; // tested where its verticle is
      }
      String text = headings.group(2);
      sections.add(
          new Section(
              headings.group(1),
              json("request-schema", text),
              json("reply-schema", text),
              json("request", text),
              json("reply", text)));
    }
    return sections;
  }

  private static JsonObject json(String kind, String text) {
    Matcher fence = Pattern.compile("(?s)```json " + kind + "\n(.*?)```").matcher(text);
    assertThat(fence.find()).as(kind).isTrue();
    return new JsonObject(fence.group(1));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private record Section(
      String address,
      JsonObject requestSchema,
      JsonObject replySchema,
      JsonObject request,
      JsonObject reply) {}
}
