package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Each bad input has a test or the reason why it has none; the page that says so is generated, so
 * that it is never out of date. Write it again with {@code mvn -pl conformance -am test
 * -Dtest=BadInputDocumentTest -Dculvert.docs=write}.
 */
class BadInputDocumentTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "bad-inputs.md");

  /** Those between belong to parts that this version does not have. */
  private static final List<Integer> INPUTS =
      IntStream.concat(IntStream.rangeClosed(1, 77), IntStream.rangeClosed(103, 109))
          .boxed()
          .toList();

  /** What cannot be provoked from outside is tested where it can. */
  private static final Map<Integer, String> ELSEWHERE =
      Map.of(
          49, "broker-verticle/src/test/java/io/culvert/broker/RemoteAuthTest.java",
          64, "broker-verticle/src/test/java/io/culvert/broker/BusBridgeTest.java",
          65, "broker-verticle/src/test/java/io/culvert/broker/BusBridgeTest.java",
          72, "mqtt/src/test/java/io/culvert/mqtt/server/ConnectTest.java",
          73, "mqtt/src/test/java/io/culvert/mqtt/server/FaultIsolationTest.java");

  private static final String INTRODUCTION =
      """
      # Bad inputs that Culvert survives

      <!-- Generated from bad-inputs.txt and the tests by BadInputDocumentTest, which says how to write it again. -->

      Each of these is tested against the running broker, over TCP, while a bystander publishes and receives all the
      time: it must get every message once and in order, without much delay, and stay connected. Floods meet a broker
      process with a heap of 64 MiB (100 000 subscriptions or retained messages: 256 MiB) that ends when it needs more.
      103 to 109 meet the TCP message service in such a process, with a bystander of its own.

      A code such as 0x81 is a reason code: in DISCONNECT before the close, or in the packet that is named. An MQTT 3.1.1
      client is closed without a word where an MQTT 5 client gets DISCONNECT. Violations are counted and logged with
      reason code and statement, at most ten lines a second.
      """;

  @Test
  void everyInputIsListedOnceAndTestedOrComesLater() {
    List<BadInputs.Line> inputs =
        BadInputs.lines().stream().filter(line -> !line.isHeading()).toList();
    assertThat(inputs).extracting(BadInputs.Line::number).containsExactlyElementsOf(INPUTS);
    SortedMap<Integer, TreeSet<String>> tests = tests();
    assertThat(INPUTS).containsAll(tests.keySet());
    assertThat(inputs)
        .allSatisfy(
            input ->
                assertThat(tests.containsKey(input.number()))
                    .as("%s has a test: %s", input.number(), input.text())
                    .isNotEqualTo(input.comesLater()));
  }

  @Test
  void testsElsewhereAreThere() {
    assertThat(ELSEWHERE.values()).allSatisfy(file -> assertThat(Path.of("..", file)).exists());
  }

  @Test
  void documentIsThatOfTheTests() throws Exception {
    String generated = INTRODUCTION + tables();
    if ("write".equals(System.getProperty("culvert.docs"))) {
      Files.writeString(DOCUMENT, generated);
    }
    assertThat(DOCUMENT).usingCharset("UTF-8").hasContent(generated);
  }

  private static String tables() {
    SortedMap<Integer, TreeSet<String>> tests = tests();
    StringBuilder page = new StringBuilder();
    for (BadInputs.Line line : BadInputs.lines()) {
      if (line.isHeading()) {
        page.append("\n## ").append(line.text());
        page.append("\n\n| # | Input | What Culvert answers | Test |\n|---|---|---|---|\n");
      } else {
        String names = String.join("<br>", tests.getOrDefault(line.number(), new TreeSet<>()));
        String answer = line.comesLater() ? "*" + line.answer() + "*" : line.answer();
        page.append("| %d | %s | %s | %s |\n".formatted(line.number(), line.text(), answer, names));
      }
    }
    return page.toString();
  }

  /** The names of the tests of each input. */
  private static SortedMap<Integer, TreeSet<String>> tests() {
    SortedMap<Integer, TreeSet<String>> tests = new TreeMap<>();
    ELSEWHERE.forEach(
        (number, file) -> add(tests, number, file.replaceAll("(.*?)/.*/(.*)\\.java", "$2 (`$1`)")));
    new ClassFileImporter()
        .importPackages("io.culvert.conformance").stream()
            .flatMap(type -> type.getMethods().stream())
            .filter(method -> method.isAnnotatedWith(BadInput.class))
            .forEach(method -> addAll(tests, method));
    return tests;
  }

  private static void addAll(SortedMap<Integer, TreeSet<String>> tests, JavaMethod method) {
    String name = method.getOwner().getSimpleName() + "." + method.getName();
    for (int number : method.getAnnotationOfType(BadInput.class).value()) {
      add(tests, number, name);
    }
  }

  private static void add(SortedMap<Integer, TreeSet<String>> tests, int number, String name) {
    tests.computeIfAbsent(number, n -> new TreeSet<>()).add(name);
  }
}
