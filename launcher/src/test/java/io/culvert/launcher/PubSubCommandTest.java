package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvert pub} and {@code culvert sub} with the real broker, over TCP. */
class PubSubCommandTest {
  @TempDir Path folder;
  private RunningBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = RunningBroker.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    broker.stop();
  }

  @Test
  void aRetainedMessageIsPrintedAndMarked() throws Exception {
    assertThat(pub("-t", "home/lamp", "-m", "on", "-q", "1", "-r").err()).isEmpty();

    assertThat(sub("-t", "home/#", "-C", "1").out()).isEqualTo("on\n");
    assertThat(sub("-t", "home/#", "-C", "1", "-v").out()).isEqualTo("home/lamp [retained] on\n");
    assertThat(sub("-t", "home/#", "-C", "1", "-N").out()).isEqualTo("on");
    assertThat(sub("-t", "home/#", "-C", "1", "-F", "topics").out()).isEqualTo("home/lamp\n");

    pub("-t", "home/lamp", "-n", "-r", "-q", "1");
    pub("-t", "home/door", "-m", "open", "-q", "1", "-r");
    assertThat(sub("-t", "home/#", "-C", "1", "-v").out()).isEqualTo("home/door [retained] open\n");
  }

  @Test
  void bytesGoThroughAsTheyAre() throws Exception {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    Files.write(folder.resolve("all"), all);
    pub("-t", "bytes", "-f", "all", "-r", "-q", "2");

    Session hex = sub("-t", "bytes", "-C", "1", "-F", "hex");
    assertThat(hex.out()).startsWith("000102").endsWith("fdfeff\n").hasSize(513);
    JsonObject json = new JsonObject(sub("-t", "bytes", "-C", "1", "-F", "json").out());
    assertThat(Base64.getDecoder().decode(json.getString("payloadBase64"))).isEqualTo(all);
  }

  @Test
  void messagesForASessionWaitAndComeInOrder() throws Exception {
    String[] session = {"-c", "-i", "archive", "-t", "lines", "-q", "2"};
    assertThat(sub(with(session, "-E")).out()).isEmpty();

    String lines =
        IntStream.range(0, 900).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
    Session published = new Session(folder).input(lines);
    assertThat(published.execute("pub", "-p", broker.port(), "-t", "lines", "-l", "-q", "2"))
        .isZero();

    assertThat(sub(with(session, "-C", "900", "-W", "25")).out()).isEqualTo(lines);
  }

  @Test
  void unsubscribingAloneEnds() throws Exception {
    sub("-c", "-i", "leaver", "-t", "old", "-t", "kept", "-q", "1", "-E");
    assertThat(sub("-c", "-i", "leaver", "-U", "old").out()).isEmpty();
    pub("-t", "old", "-m", "gone", "-q", "1");
    pub("-t", "kept", "-m", "still", "-q", "1");
    Session left = sub("-c", "-i", "leaver", "-t", "kept", "-q", "1", "-C", "1", "-W", "25", "-v");
    assertThat(left.out()).isEqualTo("kept still\n");
    Run nothing = run("sub", "-p", broker.port(), "-c", "-i", "leaver", "-U", "old");
    assertThat(nothing.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(nothing.session().err()).contains("0x11").contains("old");
  }

  @Test
  void whatTheSessionHadBeforeIsPrintedTooAndHoldsUpNothing() throws Exception {
    stop();
    broker = RunningBroker.start(folder, "--set", "limits.queue-messages=10000");
    sub("-c", "-i", "reader", "-t", "a", "-q", "1", "-E");
    int many = 3000; // more than the client takes without an answer
    pub("-t", "a", "-m", "of a", "-q", "1", "--count", "" + many);
    pub("-t", "b", "-m", "of b", "-q", "1", "-r");
    Session both =
        sub("-c", "-i", "reader", "-t", "b", "-q", "1", "-C", "" + (many + 1), "-W", "25");
    assertThat(both.out().lines()).hasSize(many + 1).contains("of a", "of b");
  }

  @Test
  void jsonThatWasPrintedCanBePublished() throws Exception {
    pub(
        "-t",
        "full",
        "-m",
        "{\"on\":true}",
        "-r",
        "-q",
        "1",
        "--content-type",
        "application/json",
        "--response-topic",
        "answers",
        "--correlation-data",
        "7",
        "-D",
        "a=1",
        "-D",
        "a=2=3",
        "--expiry",
        "3600");
    Session first = sub("-t", "full", "-C", "1", "-F", "json", "--retain-as-published");
    JsonObject expected =
        new JsonObject()
            .put("topic", "full")
            .put("qos", 0)
            .put("retain", true)
            .put("payload", "{\"on\":true}")
            .put(
                "properties",
                new JsonObject()
                    .put("contentType", "application/json")
                    .put("responseTopic", "answers")
                    .put("correlationDataBase64", "Nw==")
                    .put(
                        "userProperties",
                        new JsonArray()
                            .add(new JsonArray().add("a").add("1"))
                            .add(new JsonArray().add("a").add("2=3")))
                    .put("payloadFormat", 1));
    assertThat(content(first.out())).isEqualTo(expected);
    pub("-t", "full", "-n", "-r", "-q", "1");

    Session again = new Session(folder).input(first.out());
    assertThat(again.execute("pub", "-p", broker.port(), "--json")).isZero();
    assertThat(content(sub("-t", "full", "-C", "1", "-F", "json").out())).isEqualTo(expected);
  }

  @Test
  void whatIsNotWantedIsNotPrinted() throws Exception {
    pub("-t", "a/1", "-m", "one", "-r", "-q", "1");
    pub("-t", "a/2", "-m", "two", "-r", "-q", "1");
    assertThat(sub("-t", "a/#", "-T", "a/1", "-C", "1").out()).isEqualTo("two\n");
    assertThat(run("sub", "-p", broker.port(), "-t", "a/#", "-R", "-C", "1", "-W", "1").code())
        .isEqualTo(ExitCode.TIMEOUT);
  }

  @Test
  void aSubscriberGoesOnUntilItIsAskedToEnd() throws Exception {
    pub("-t", "here", "-m", "ready", "-r", "-q", "1");
    Session subscriber = new Session(folder);
    subscriber.start("sub", "-p", broker.port(), "-t", "here", "-V", "mqttv311");
    assertThat(subscriber.line("ready")).isEqualTo("ready");
    pub("-t", "here", "-m", "live");
    assertThat(subscriber.line("live")).isEqualTo("live");
    assertThat(subscriber.end()).isZero();
    assertThat(subscriber.err()).isEmpty();
  }

  @Test
  void theSameMessageSeveralTimes() throws Exception {
    String[] session = {"-c", "-i", "counter", "-t", "again", "-q", "1"};
    sub(with(session, "-E"));
    pub("-t", "again", "-m", "x", "-q", "1", "--count", "5", "--rate", "1000");
    assertThat(sub(with(session, "-C", "5", "-W", "25")).out()).isEqualTo("x\n".repeat(5));
  }

  @Test
  void aRefusalIsToldAndEndsWithOne() throws Exception {
    Run refused = run("pub", "-p", broker.port(), "-t", "$SYS/mine", "-m", "x", "-q", "1");
    assertThat(refused.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(refused.session().err()).startsWith("culvert: ").contains("0x87");
  }

  @Test
  void usersAreKnownByNameAndPassword() throws Exception {
    stop();
    Session passwd = new Session(folder).input("secret\n");
    assertThat(passwd.execute("passwd", "add", "passwords", "ann")).isZero();
    broker =
        RunningBroker.start(folder, "--set", "auth.password-file=" + folder.resolve("passwords"));

    Run unknown = run("pub", "-p", broker.port(), "-u", "ann", "-P", "wrong", "-t", "x", "-m", "x");
    assertThat(unknown.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(unknown.session().err()).containsPattern("0x8[67]");
    Files.writeString(folder.resolve("password"), "secret\n");
    pub("-u", "ann", "--password-file", "password", "-t", "x", "-m", "from ann", "-r", "-q", "1");
    Run byUrl = run("sub", "-L", "mqtt://ann:secret@127.0.0.1:" + broker.port() + "/x", "-C", "1");
    assertThat(byUrl.code()).isZero();
    assertThat(byUrl.session().out()).isEqualTo("from ann\n");
  }

  @Test
  void withoutAServerThereIsAText() throws Exception {
    String closed = broker.port();
    stop();
    Run refused = run("sub", "-h", "127.0.0.1", "-p", closed, "-t", "#");
    assertThat(refused.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(refused.session().err()).startsWith("culvert: ").contains("127.0.0.1:" + closed);
    start();
  }

  @Test
  void wrongArgumentsAreNamed() throws Exception {
    assertUsage("-t says which topic to publish to", "pub", "-m", "x");
    assertUsage("not none of them", "pub", "-t", "x");
    assertUsage("not -m and -n", "pub", "-t", "x", "-m", "x", "-n");
    assertUsage("-q is a whole number from 0 to 2, not 3", "pub", "-t", "x", "-m", "x", "-q", "3");
    assertUsage("no Topic Name", "pub", "-t", "a/#", "-m", "x");
    assertUsage("-D needs MQTT 5", "pub", "-V", "3.1.1", "-t", "x", "-m", "x", "-D", "a=b");
    assertUsage("-c needs -i", "sub", "-t", "x", "-c");
    assertUsage("-t says what to subscribe to", "sub");
    assertUsage("the format is text, json, hex or topics", "sub", "-t", "x", "-F", "xml");
    assertUsage("no Topic Filter", "sub", "-t", "a/#/b");
    assertUsage("--cert and --key need each other", "sub", "-t", "x", "--cert", "cert.pem");
    assertUsage("name the server by", "sub", "-t", "x", "-h", "a", "-L", "mqtt://b");
    assertUsage(
        "nowhere cannot be read: there is no such file",
        "pub",
        "-p",
        broker.port(),
        "-t",
        "x",
        "-f",
        "nowhere");
    assertUsage("--will-qos needs --will-topic", "sub", "-t", "x", "--will-qos", "1");
    assertUsage("line 1 of standard input: no JSON object", "pub", "--json", "-p", broker.port());
  }

  @Test
  void shellsUnderstandTheCompletion() throws Exception {
    Session session = new Session(folder);
    assertThat(session.execute("completion")).isZero();
    Path script = Files.writeString(folder.resolve("completion"), session.out());
    Path words = folder.resolve("words");
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source "
                    + script
                    + "; COMP_WORDS=(culvert pub --ret) COMP_CWORD=2 COMP_LINE='culvert pub --ret';"
                    + " _complete_culvert; printf '%s\\n' \"${COMPREPLY[@]}\"")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(words.toFile())
            .start();
    assertThat(bash.waitFor()).isZero();
    assertThat(Files.readString(words)).isEqualTo("--retain\n");
  }

  @Test
  void whatCannotBePrintedIsNotAcknowledged() throws Exception {
    sub("-c", "-i", "archive", "-q", "1", "-t", "orders/#", "-E");
    pub("-t", "orders/milk", "-m", "2", "-q", "1");
    String[] again = {"-p", broker.port(), "-c", "-i", "archive", "-q", "1", "-t", "orders/#"};
    Session closed = new Session(folder).closed();
    assertThat(closed.execute(with(new String[] {"sub"}, again))).isEqualTo(ExitCode.FAILURE);
    assertThat(closed.err()).contains("stdout takes no more", "orders/milk", "not acknowledged");
    assertThat(done(with(new String[] {"sub", "-C", "1", "-v"}, again)).out())
        .isEqualTo("orders/milk 2\n");
  }

  private void assertUsage(String text, String... arguments) throws Exception {
    Session session = new Session(folder).input("nonsense\n");
    assertThat(session.execute(arguments)).as(text).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).startsWith("culvert: ").contains(text);
  }

  private Session pub(String... arguments) throws Exception {
    return done(with(new String[] {"pub", "-p", broker.port()}, arguments));
  }

  private Session sub(String... arguments) throws Exception {
    return done(with(new String[] {"sub", "-p", broker.port()}, arguments));
  }

  private Session done(String... arguments) throws Exception {
    Run run = run(arguments);
    assertThat(run.code()).as(run.session().err()).isZero();
    return run.session();
  }

  private Run run(String... arguments) throws Exception {
    Session session = new Session(folder);
    int code = session.execute(arguments);
    return new Run(session, code);
  }

  private record Run(Session session, int code) {}

  /** Without the time. */
  private static JsonObject content(String line) {
    JsonObject json = new JsonObject(line);
    assertThat(json.getInstant("time")).isNotNull();
    json.remove("time");
    long expiry = (Integer) json.remove("expirySeconds");
    assertThat(expiry).isBetween(3000L, 3600L);
    return json;
  }

  private static String[] with(String[] first, String... more) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
