package io.culvert.rpc;

import io.culvert.rpc.protocol.Method;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A resource of a device, with what it does for each method. Handlers are called on the event loop
 * of the client and must not block it; {@link Reply#later} is for what takes time.
 */
public final class DeviceResource {
  private final String path;
  private final Map<Method, Function<DeviceRequest, Reply>> handlers = new EnumMap<>(Method.class);
  private final Map<String, String> attributes = new LinkedHashMap<>();

  DeviceResource(String path) {
    this.path = path;
  }

  /** Perhaps with {@code {names}} in it. */
  public String path() {
    return path;
  }

  public DeviceResource get(Function<DeviceRequest, Reply> handler) {
    return on(Method.GET, handler);
  }

  public DeviceResource post(Function<DeviceRequest, Reply> handler) {
    return on(Method.POST, handler);
  }

  public DeviceResource put(Function<DeviceRequest, Reply> handler) {
    return on(Method.PUT, handler);
  }

  public DeviceResource delete(Function<DeviceRequest, Reply> handler) {
    return on(Method.DELETE, handler);
  }

  /** For every method that has no handler of its own. */
  public DeviceResource any(Function<DeviceRequest, Reply> handler) {
    for (Method method : Method.values()) {
      handlers.putIfAbsent(method, handler);
    }
    return this;
  }

  /** Replaces what the method did before. */
  public DeviceResource on(Method method, Function<DeviceRequest, Reply> handler) {
    handlers.put(method, handler);
    return this;
  }

  /** What people call it; shown by discovery. */
  public DeviceResource title(String text) {
    return attribute("title", text);
  }

  /** What kind of thing it is, such as {@code gf.gains}; shown by discovery. RFC 6690 §3.1. */
  public DeviceResource type(String resourceType) {
    return attribute("rt", resourceType);
  }

  /** One more attribute that discovery shows. */
  public DeviceResource attribute(String name, String value) {
    attributes.put(name, value);
    return this;
  }

  @Nullable Function<DeviceRequest, Reply> handler(Method method) {
    return handlers.get(method);
  }

  Map<String, String> attributes() {
    return attributes;
  }

  /** Such as {@code GET, PUT}. */
  String methods() {
    return handlers.keySet().stream().map(Method::name).collect(Collectors.joining(", "));
  }
}
