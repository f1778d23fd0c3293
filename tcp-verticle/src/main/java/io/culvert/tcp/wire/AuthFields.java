package io.culvert.tcp.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The named values that travel beside a message: nonce, time and HMAC, and whatever else a plug-in
 * adds. Never changes.
 */
public final class AuthFields {
  /** Of a message that nobody has signed. */
  public static final AuthFields NONE = new AuthFields(new AuthValue.Mapping(Map.of()));

  /** What there is, where it is no more than that. */
  private final @Nullable Signature signature;

  /** Made when somebody asks, where there is a signature. */
  private @Nullable AuthValue root;

  /**
   * @param root a mapping from texts; a peer may send something else, which has no fields
   */
  public AuthFields(AuthValue root) {
    this.signature = null;
    this.root = root;
  }

  private AuthFields(Signature signature) {
    this.signature = signature;
  }

  static AuthFields of(Signature signature) {
    return new AuthFields(signature);
  }

  /** All of them. */
  public AuthValue root() {
    AuthValue made = root;
    if (made == null) {
      Signature signed = Objects.requireNonNull(signature);
      Map<AuthValue, AuthValue> entries = new LinkedHashMap<>();
      entries.put(new AuthValue.Text(Signature.TIME), signed.time());
      entries.put(new AuthValue.Text(Signature.NONCE), AuthValue.of(signed.nonce()));
      entries.put(new AuthValue.Text(Signature.HMAC), AuthValue.of(signed.hmac()));
      made = new AuthValue.Mapping(entries);
      root = made;
    }
    return made;
  }

  /** The value of a field, or null. */
  public @Nullable AuthValue get(String name) {
    return root() instanceof AuthValue.Mapping mapping
        ? mapping.entries().get(new AuthValue.Text(name))
        : null;
  }

  /** These with one field set. */
  public AuthFields with(String name, AuthValue value) {
    Map<AuthValue, AuthValue> entries = new LinkedHashMap<>();
    if (root() instanceof AuthValue.Mapping mapping) {
      entries.putAll(mapping.entries());
    }
    entries.put(new AuthValue.Text(name), value);
    return new AuthFields(new AuthValue.Mapping(entries));
  }

  public boolean isMapping() {
    return signature != null || root instanceof AuthValue.Mapping;
  }

  /** The signature where there is nothing else; null else. */
  @Nullable Signature signature() {
    return signature;
  }

  boolean isEmpty() {
    return root instanceof AuthValue.Mapping mapping && mapping.entries().isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AuthFields that && root().equals(that.root());
  }

  @Override
  public int hashCode() {
    return root().hashCode();
  }

  @Override
  public String toString() {
    return "AuthFields[" + root() + "]";
  }
}
