package io.culvert.runtime.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Assignments from YAML or JSON. Scalars stay texts: what they mean is decided by the setting, so
 * that {@code 5.0} is a version and {@code 0123} a password. Dots in a key make a path.
 */
final class YamlSource {
  /** Deeper than any setting; stops files that contain themselves. */
  private static final int MAXIMUM_DEPTH = 20;

  /** An escaped character; the backslash before a slash is in no group. */
  private static final Pattern JSON_ESCAPE = Pattern.compile("(\\\\[^/])|\\\\(/)");

  private final String name;
  private final boolean lines;
  private final List<Problem> problems;
  private final List<Assignment> assignments = new ArrayList<>();

  private YamlSource(String name, boolean lines, List<Problem> problems) {
    this.name = name;
    this.lines = lines;
    this.problems = problems;
  }

  /**
   * @param name for error texts
   * @param lines whether {@code name:line} helps the user
   * @param path where the text's content belongs; empty for a whole file
   * @param problems takes what is wrong with the text
   */
  static List<Assignment> read(
      String name, boolean lines, String path, String text, List<Problem> problems) {
    YamlSource source = new YamlSource(name, lines, problems);
    try {
      Node root = new Yaml(new SafeConstructor(options())).compose(new StringReader(tidy(text)));
      if (root instanceof ScalarNode scalar && path.isEmpty()) {
        if (!isNull(scalar)) {
          source.refuse(root, "", "must contain keys with values, such as \"limits:\"");
        }
      } else if (root instanceof SequenceNode && path.isEmpty()) {
        source.refuse(root, "", "must contain keys with values, not a list");
      } else if (root != null) {
        source.walk(path, root, 0);
      }
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      String origin = lines && line > 0 ? name + ":" + line : name;
      problems.add(new Problem(origin, path, "is not valid YAML or JSON: " + e.getProblem()));
    } catch (YAMLException e) {
      problems.add(new Problem(name, path, "is not valid YAML or JSON: " + e.getMessage()));
    }
    return source.assignments;
  }

  private void walk(String path, Node node, int depth) {
    if (depth > MAXIMUM_DEPTH) {
      refuse(node, path, "is nested too deeply");
    } else if (node instanceof MappingNode mapping) {
      walkMapping(path, mapping, depth);
    } else if (node instanceof SequenceNode sequence) {
      walkSequence(path, sequence, depth);
    } else if (node instanceof ScalarNode scalar) {
      if (isNull(scalar) && depth <= 1) {
        return; // a root key without content, such as "limits:"
      }
      String text = isNull(scalar) ? "" : scalar.getValue();
      assignments.add(Assignment.of(path, text, origin(node)));
    }
  }

  private void walkMapping(String path, MappingNode mapping, int depth) {
    if (mapping.getValue().isEmpty() && path.endsWith("]")) {
      assignments.add(new Assignment(path, List.of(), /* list= */ true, origin(mapping)));
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        refuse(tuple.getKeyNode(), path, "has a key that is not a text");
        continue;
      }
      String child = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
      if (seen.add(key.getValue())) {
        walk(child, tuple.getValueNode(), depth + 1);
      } else {
        refuse(key, child, "is given twice");
      }
    }
  }

  private void walkSequence(String path, SequenceNode sequence, int depth) {
    List<String> parts = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      if (item instanceof ScalarNode scalar) {
        parts.add(isNull(scalar) ? "" : scalar.getValue());
      }
    }
    if (parts.size() == sequence.getValue().size()) {
      assignments.add(new Assignment(path, parts, /* list= */ true, origin(sequence)));
      return;
    }
    // A list of sections: first the list itself, which replaces that of a lower layer.
    assignments.add(new Assignment(path, List.of(), /* list= */ true, origin(sequence)));
    for (int i = 0; i < sequence.getValue().size(); i++) {
      walk(path + "[" + i + "]", sequence.getValue().get(i), depth + 1);
    }
  }

  private void refuse(Node node, String path, String message) {
    problems.add(new Problem(origin(node), path, message));
  }

  private String origin(Node node) {
    return lines ? name + ":" + (node.getStartMark().getLine() + 1) : name;
  }

  private static boolean isNull(ScalarNode node) {
    return Tag.NULL.equals(node.getTag());
  }

  /** JSON may be indented by tabs and may escape slashes, YAML not. */
  private static String tidy(String text) {
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return content.stripLeading().startsWith("{")
        ? JSON_ESCAPE.matcher(content.replace('\t', ' ')).replaceAll("$1$2")
        : content;
  }

  private static LoaderOptions options() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(true); // reported with the key's path instead
    options.setMaxAliasesForCollections(MAXIMUM_DEPTH);
    return options;
  }
}
