package io.culvert.tcp.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The named values that travel beside a message: nonce, time and HMAC, and whatever else a plug-in
 * adds. Immutable.
 *
 * @param root a mapping from texts; a peer may send something else, which has no fields
 */
public record AuthFields(AuthValue root) {
  /** Of a message that nobody has signed. */
  public static final AuthFields NONE = new AuthFields(new AuthValue.Mapping(Map.of()));

  /** The value of a field, or null. */
  public @Nullable AuthValue get(String name) {
    return root instanceof AuthValue.Mapping mapping
        ? mapping.entries().get(new AuthValue.Text(name))
        : null;
  }

  /** These with one field set. */
  public AuthFields with(String name, AuthValue value) {
    Map<AuthValue, AuthValue> entries = new LinkedHashMap<>();
    if (root instanceof AuthValue.Mapping mapping) {
      entries.putAll(mapping.entries());
    }
    entries.put(new AuthValue.Text(name), value);
    return new AuthFields(new AuthValue.Mapping(entries));
  }

  public boolean isMapping() {
    return root instanceof AuthValue.Mapping;
  }
}
