package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.ETag;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers that a requester keeps: fresh ones are given again, others are asked for by the name of
 * the state that they show. Bounded: what was not used for the longest time goes first. RFC 7252
 * §5.6.
 */
final class AnswerCache {
  private static final long MILLIS_PER_SECOND = 1000;

  /** Besides the body. */
  private static final int BYTES_FOR_ONE = 512;

  private final PayloadCodec codec;
  private final long maximumBytes;
  private final Map<Key, Kept> all = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * @param codec for whole bodies
   */
  AnswerCache(PayloadCodec codec, long maximumBytes) {
    this.codec = codec;
    this.maximumBytes = maximumBytes;
  }

  /** What is kept for a call, fresh or not; null for nothing. */
  @Nullable Kept find(Call call) {
    return isCachable(call) ? all.get(Key.of(call)) : null;
  }

  /** An answer has come. */
  void put(Call call, Response response, RpcOptions told, long nowMillis) {
    Long maxAge = told.maxAgeSeconds();
    if (!isCachable(call) || (told.etag() == null && (maxAge == null || maxAge == 0))) {
      return;
    }
    remove(Key.of(call));
    int size = BYTES_FOR_ONE + codec.encodeBody(response.body()).length();
    if (size <= maximumBytes) {
      long freshMillis = maxAge == null ? 0 : maxAge * MILLIS_PER_SECOND;
      all.put(Key.of(call), new Kept(response, told.etag(), nowMillis + freshMillis, size));
      bytes += size;
      makeRoom();
    }
  }

  /** A resource was changed: nothing that is known of it holds. */
  void invalidate(Call call) {
    Iterator<Map.Entry<Key, Kept>> entries = all.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Key, Kept> entry = entries.next();
      if (entry.getKey().isOf(call)) {
        entries.remove();
        bytes -= entry.getValue().bytes;
      }
    }
  }

  private void remove(Key key) {
    Kept kept = all.remove(key);
    if (kept != null) {
      bytes -= kept.bytes;
    }
  }

  private void makeRoom() {
    Iterator<Kept> oldest = all.values().iterator();
    while (bytes > maximumBytes && oldest.hasNext()) {
      bytes -= oldest.next().bytes;
      oldest.remove();
    }
  }

  private boolean isCachable(Call call) {
    RpcOptions asked = call.options();
    return maximumBytes > 0
        && call.isOptedIn()
        && call.method() == Method.GET
        && asked.observe() == null
        && asked.block2() == null
        && asked.etags().isEmpty();
  }

  /**
   * An answer that is kept.
   *
   * @param freshMillis until then it need not be asked for
   */
  record Kept(Response response, @Nullable ETag etag, long freshMillis, int bytes) {
    boolean isFresh(long nowMillis) {
      return nowMillis < freshMillis;
    }

    /** What is kept, with what a newer answer without a body says of it. */
    Response revalidated(Response valid, RpcOptions told) {
      Header header = valid.header().withOptions(told);
      return new Response(header, response.responseCode(), response.body(), valid.timestamp());
    }
  }

  private record Key(
      String target,
      String subsystem,
      String path,
      Map<String, String> query,
      List<Integer> accept,
      String token) {
    static Key of(Call call) {
      String token = call.token();
      return new Key(
          call.target(),
          call.subsystem(),
          call.path(),
          call.options().query(),
          call.options().accept(),
          token == null ? "" : token);
    }

    boolean isOf(Call call) {
      return target.equals(call.target())
          && subsystem.equals(call.subsystem())
          && path.equals(call.path());
    }
  }
}
