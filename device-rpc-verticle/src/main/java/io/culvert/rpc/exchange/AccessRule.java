package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import java.security.MessageDigest;
import java.util.Set;

/**
 * Who may do what with which resources.
 *
 * @param path of the resource; an asterisk at the end stands for any rest
 * @param methods empty for all
 * @param sources tags of requesters; empty for all. A requester tells its tag itself: only where
 *     the broker checks who publishes as whom is this more than a label
 * @param tokens one of which must come with the request; empty for none
 */
public record AccessRule(
    String path, Set<Method> methods, Set<String> sources, Set<String> tokens) {
  private static final String ANY = "*";

  public AccessRule {
    methods = Set.copyOf(methods);
    sources = Set.copyOf(sources);
    tokens = Set.copyOf(tokens);
  }

  /** Everybody may do everything. */
  public static AccessRule everybody(String path) {
    return new AccessRule(path, Set.of(), Set.of(), Set.of());
  }

  /** Whoever has one of these tokens may do everything. */
  public static AccessRule token(String path, Set<String> tokens) {
    return new AccessRule(path, Set.of(), Set.of(), tokens);
  }

  public AccessRule withMethods(Set<Method> value) {
    return new AccessRule(path, value, sources, tokens);
  }

  public AccessRule withSources(Set<String> value) {
    return new AccessRule(path, methods, value, tokens);
  }

  /** Whether it says something of this request at all. */
  boolean concerns(Request request) {
    String asked = request.path();
    boolean isPath =
        path.endsWith(ANY)
            ? asked.startsWith(path.substring(0, path.length() - 1))
            : asked.equals(path);
    return isPath && (methods.isEmpty() || methods.contains(request.method()));
  }

  boolean allowsSource(Request request) {
    String source = request.header().source();
    return sources.isEmpty() || (source != null && sources.contains(source));
  }

  /** Takes the same time for a token that is almost right. */
  boolean allowsToken(Request request) {
    if (tokens.isEmpty()) {
      return true;
    }
    String given = request.header().token();
    boolean isRight = false;
    for (String token : tokens) {
      isRight |= given != null && MessageDigest.isEqual(bytes(token), bytes(given));
    }
    return isRight;
  }

  private static byte[] bytes(String text) {
    return Bytes.utf8(text).toByteArray();
  }

  /** Without the tokens, which are secret. */
  @Override
  public String toString() {
    return "AccessRule[path=%s, methods=%s, sources=%s, %d tokens]"
        .formatted(path, methods, sources, tokens.size());
  }
}
