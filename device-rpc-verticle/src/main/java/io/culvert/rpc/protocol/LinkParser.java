package io.culvert.rpc.protocol;

import io.culvert.rpc.protocol.LinkFormat.Link;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one list of links. RFC 6690 §2. */
final class LinkParser {
  private final String text;
  private int at;

  LinkParser(String text) {
    this.text = text;
  }

  List<Link> links() {
    List<Link> links = new ArrayList<>();
    skipSpace();
    while (at < text.length()) {
      links.add(link());
      skipSpace();
      if (at < text.length()) {
        expect(',');
        skipSpace();
        if (at == text.length()) {
          throw violation("ends behind a comma");
        }
      }
    }
    return links;
  }

  private Link link() {
    expect('<');
    int end = text.indexOf('>', at);
    if (end <= at) {
      throw violation("has no target");
    }
    String target = text.substring(at, end);
    at = end + 1;
    Map<String, String> attributes = new LinkedHashMap<>();
    skipSpace();
    while (isAt(';')) {
      at++;
      skipSpace();
      String name = word();
      attributes.putIfAbsent(name, value());
      skipSpace();
    }
    try {
      return new Link(target, attributes);
    } catch (IllegalArgumentException e) {
      throw violation("has an impossible target");
    }
  }

  private String value() {
    if (!isAt('=')) {
      return "";
    }
    at++;
    if (!isAt('"')) {
      return word();
    }
    at++;
    StringBuilder value = new StringBuilder();
    while (!isAt('"')) {
      if (isAt('\\')) {
        at++;
      }
      if (at >= text.length()) {
        throw violation("ends within quotes");
      }
      value.append(text.charAt(at++));
    }
    at++;
    return value.toString();
  }

  private String word() {
    int start = at;
    while (at < text.length() && ";,=\" <>".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (at == start) {
      throw violation("lacks a word");
    }
    return text.substring(start, at);
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private void expect(char c) {
    if (!isAt(c)) {
      throw violation("lacks '" + c + "'");
    }
    at++;
  }

  private boolean isAt(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private PayloadViolation violation(String problem) {
    return new PayloadViolation("", "is no list of links: it " + problem + " at " + at);
  }
}
