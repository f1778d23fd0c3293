package io.culvert.rpc;

import io.culvert.rpc.exchange.AccessRule;
import io.culvert.rpc.exchange.AccessRules;
import io.culvert.rpc.exchange.Answer;
import io.culvert.rpc.protocol.LinkFormat;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The resources of a device: which of them a request means, and what that does.
 *
 * <pre>{@code
 * Device device = new Device();
 * device.resource("gains").get(request -> Reply.content(List.of(0, 1, 2)));
 * RpcClient.create(vertx, BrokerConnection.of("localhost"), RpcClientOptions.of("2D_XX_0_9999"))
 *     .serve(device)
 *     .connect();
 * }</pre>
 *
 * <p>GET of {@code .well-known/core} lists them (RFC 6690). Paths are compared without a slash at
 * their beginning. One that is written in full goes before one with {@code {names}}. What no
 * resource has is answered with 404, and a method that a resource does not have with 405. It is set
 * up before it is served.
 */
public final class Device {
  private final Map<String, DeviceResource> exact = new LinkedHashMap<>();
  private final Map<String, DeviceResource> patterns = new LinkedHashMap<>();
  private final List<AccessRule> rules = new ArrayList<>();
  private final List<Consumer<String>> served = new CopyOnWriteArrayList<>();

  public Device() {}

  /** The resource of this path, which is made when first asked for. */
  public DeviceResource resource(String path) {
    String bare = bare(path);
    return (bare.contains("{") ? patterns : exact).computeIfAbsent(bare, DeviceResource::new);
  }

  /**
   * Lets only those do something whom a rule allows. Without any rule everybody may do everything.
   */
  public Device allow(AccessRule rule) {
    rules.add(rule);
    return this;
  }

  /**
   * A resource is something else now: those who observe it are told, after it was asked what it is.
   * From any thread.
   */
  public void changed(String path) {
    served.forEach(each -> each.accept(path));
  }

  AccessRules access() {
    return new AccessRules(rules);
  }

  void served(Consumer<String> changes) {
    served.add(changes);
  }

  /** What the device answers. */
  Reply handle(DeviceRequest request) {
    String path = bare(request.path());
    if (path.equals(LinkFormat.WELL_KNOWN_CORE) && request.method() == Method.GET) {
      return list(request);
    }
    DeviceResource found = exact.get(path);
    Map<String, String> parameters = new HashMap<>();
    if (found == null) {
      found = find(path, parameters);
    }
    if (found == null) {
      return Reply.failure(ResponseCode.NOT_FOUND, "there is no " + path);
    }
    Function<DeviceRequest, Reply> handler = found.handler(request.method());
    if (handler == null) {
      return Reply.failure(
          ResponseCode.METHOD_NOT_ALLOWED,
          "%s has %s, not %s".formatted(found.path(), found.methods(), request.method()));
    }
    return handler.apply(request.withParameters(parameters));
  }

  /** All resources that are written in full, or those that the query wants. */
  private Reply list(DeviceRequest request) {
    List<LinkFormat.Link> links =
        exact.values().stream()
            .map(each -> new LinkFormat.Link("/" + each.path(), each.attributes()))
            .toList();
    String text = LinkFormat.write(LinkFormat.filter(links, request.options().query()));
    return Reply.of(
        Answer.content(text)
            .withOptions(RpcOptions.NONE.withContentFormat(LinkFormat.CONTENT_FORMAT)));
  }

  private @Nullable DeviceResource find(String path, Map<String, String> parameters) {
    String[] asked = path.split("/", -1);
    for (DeviceResource each : patterns.values()) {
      parameters.clear();
      if (matches(each.path().split("/", -1), asked, parameters)) {
        return each;
      }
    }
    return null;
  }

  private static boolean matches(String[] pattern, String[] path, Map<String, String> parameters) {
    if (pattern.length != path.length) {
      return false;
    }
    for (int i = 0; i < pattern.length; i++) {
      if (pattern[i].startsWith("{") && pattern[i].endsWith("}")) {
        parameters.put(pattern[i].substring(1, pattern[i].length() - 1), path[i]);
      } else if (!pattern[i].equals(path[i])) {
        return false;
      }
    }
    return true;
  }

  private static String bare(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
