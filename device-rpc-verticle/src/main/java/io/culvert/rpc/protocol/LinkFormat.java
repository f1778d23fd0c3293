package io.culvert.rpc.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What resources there are, as RFC 6690 writes it: {@code </gains>;rt="gf.gains";obs,</level>}. An
 * attribute without a value has an empty one here.
 */
public final class LinkFormat {
  /** Where every device lists its resources. */
  public static final String WELL_KNOWN_CORE = ".well-known/core";

  /** The content format of this list. */
  public static final int CONTENT_FORMAT = 40;

  /** A filter may compare where a link leads to, as if that were an attribute. */
  private static final String HREF = "href";

  private LinkFormat() {}

  /** A resource and what is told of it. */
  public record Link(String target, Map<String, String> attributes) {
    public Link {
      if (target.isEmpty() || target.chars().anyMatch(c -> c == '>' || Character.isISOControl(c))) {
        throw new IllegalArgumentException("not where a link leads to: '" + target + "'");
      }
      attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }
  }

  /** Writes links, each with all that is told of it. */
  public static String write(List<Link> links) {
    StringBuilder text = new StringBuilder();
    for (Link link : links) {
      text.append(text.isEmpty() ? "<" : ",<").append(link.target()).append('>');
      link.attributes()
          .forEach(
              (name, value) -> {
                text.append(';').append(name);
                if (!value.isEmpty()) {
                  text.append("=\"")
                      .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                      .append('"');
                }
              });
    }
    return text.toString();
  }

  /**
   * Reads links.
   *
   * @throws PayloadViolation when they are none
   */
  public static List<Link> parse(String text) {
    return new LinkParser(text).links();
  }

  /**
   * The links for which all of a query holds: an attribute is equal, or begins so where the value
   * ends in an asterisk; of an attribute with several words one is enough. RFC 6690 §4.1.
   */
  public static List<Link> filter(List<Link> links, Map<String, String> query) {
    List<Link> found = new ArrayList<>();
    for (Link link : links) {
      if (query.entrySet().stream()
          .allMatch(wanted -> matches(link, wanted.getKey(), wanted.getValue()))) {
        found.add(link);
      }
    }
    return found;
  }

  private static boolean matches(Link link, String name, String wanted) {
    if (name.equals(HREF)) {
      return matches(link.target(), wanted);
    }
    String value = link.attributes().get(name);
    if (value == null) {
      return false;
    }
    for (String word : value.split(" ", -1)) {
      if (matches(word, wanted)) {
        return true;
      }
    }
    return matches(value, wanted);
  }

  private static boolean matches(String value, String wanted) {
    return wanted.endsWith("*")
        ? value.startsWith(wanted.substring(0, wanted.length() - 1))
        : value.equals(wanted);
  }
}
