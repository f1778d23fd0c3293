package io.culvert.conformance.table;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Statement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Property;

/** Which tests name which statement and which scenario, as compiled. */
final class NamedTests {
  /** The annotations of JUnit, jqwik and Jazzer that make a method a test. */
  private static final Set<String> TESTS =
      Set.of(
          "Test",
          "ParameterizedTest",
          "RepeatedTest",
          "TestFactory",
          "TestTemplate",
          "Property",
          "Example",
          "FuzzTest");

  private static final int DEFAULT_TRIES = 1000;

  private final Map<Statement, SortedSet<NamedTest>> ofStatement = new EnumMap<>(Statement.class);
  private final Map<Integer, SortedSet<NamedTest>> ofScenario = new TreeMap<>();
  private final List<String> misplaced = new ArrayList<>();

  private NamedTests() {}

  /** Looks into the compiled tests of these modules. */
  static NamedTests in(List<Path> modules) {
    NamedTests tests = new NamedTests();
    for (Path module : modules) {
      Path compiled = module.resolve("target/test-classes");
      if (Files.isDirectory(compiled)) {
        new ClassFileImporter()
            .importPath(compiled)
            .forEach(type -> type.getMethods().forEach(method -> tests.add(module, method)));
      }
    }
    return tests;
  }

  SortedSet<NamedTest> of(Statement statement) {
    return ofStatement.getOrDefault(statement, new TreeSet<>());
  }

  SortedSet<NamedTest> ofScenario(int number) {
    return ofScenario.getOrDefault(number, new TreeSet<>());
  }

  /** Annotations that stand where no test is. */
  List<String> misplaced() {
    return misplaced;
  }

  private void add(Path module, JavaMethod method) {
    Set<Statement> statements = EnumSet.noneOf(Statement.class);
    method
        .tryGetAnnotationOfType(Normative.class)
        .ifPresent(each -> statements.addAll(List.of(each.value())));
    Set<Integer> scenarios = new TreeSet<>();
    method
        .tryGetAnnotationOfType(Scenario.class)
        .ifPresent(each -> Arrays.stream(each.value()).forEach(scenarios::add));
    if (statements.isEmpty() && scenarios.isEmpty()) {
      return;
    }
    NamedTest test =
        new NamedTest(method.getOwner(), method.getName(), source(module, method), tries(method));
    if (method.getAnnotations().stream().noneMatch(NamedTests::isOfATest)) {
      misplaced.add(test.label());
    }
    statements.forEach(each -> named(ofStatement, each).add(test));
    scenarios.forEach(each -> named(ofScenario, each).add(test));
  }

  private static <K> SortedSet<NamedTest> named(Map<K, SortedSet<NamedTest>> tests, K key) {
    return tests.computeIfAbsent(key, any -> new TreeSet<>());
  }

  private static boolean isOfATest(JavaAnnotation<?> annotation) {
    return TESTS.contains(annotation.getRawType().getSimpleName());
  }

  private static int tries(JavaMethod method) {
    return method
        .tryGetAnnotationOfType(Property.class)
        .map(property -> property.tries() > 0 ? property.tries() : DEFAULT_TRIES)
        .orElse(1);
  }

  private static String source(Path module, JavaMethod method) {
    String type = method.getOwner().getName();
    int nested = type.indexOf('$');
    String file = (nested < 0 ? type : type.substring(0, nested)).replace('.', '/') + ".java";
    return module.getFileName() + "/src/test/java/" + file;
  }
}
