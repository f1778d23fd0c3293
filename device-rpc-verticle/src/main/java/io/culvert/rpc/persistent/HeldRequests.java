package io.culvert.rpc.persistent;

import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The requests that have not ended, no more than may be, and what became of the last that have. */
final class HeldRequests {
  /** What a request takes besides its payload. */
  private static final int OVERHEAD_BYTES = 512;

  private final QueueLimits limits;
  private final PayloadCodec codec;
  private final EndedRequests ended;

  /** In the order in which they were submitted. */
  private final Map<RequestId, HeldRequest> all = new LinkedHashMap<>();

  private long bytes;

  HeldRequests(QueueLimits limits, PayloadCodec codec) {
    this.limits = limits;
    this.codec = codec;
    this.ended = new EndedRequests(limits.ended(), limits.endedBytes(), codec);
  }

  /**
   * The bytes that a request counts as.
   *
   * @throws IllegalArgumentException for a body that cannot be sent
   */
  int bytesOf(QueuedRequest request) {
    String address = request.address();
    return codec.encode(request.request()).length()
        + (address == null ? 0 : address.length())
        + OVERHEAD_BYTES;
  }

  /**
   * Refuses one that there is no room for.
   *
   * @param more bytes that it counts as
   * @param ofDevice how many there are for its device
   * @throws RpcException that says why
   */
  void checkRoom(QueuedRequest request, int more, int ofDevice) {
    if (all.containsKey(request.id())) {
      throw refusal(request, ResponseCode.CONFLICT, "there is a request with this id already");
    } else if (all.size() >= limits.requests()
        || ofDevice >= limits.perDevice()
        || bytes + more > limits.bytes()) {
      throw refusal(
          request,
          ResponseCode.TOO_MANY_REQUESTS,
          "%d requests of %d bytes are kept, %d of them for this device, and more may not"
              .formatted(all.size(), bytes, ofDevice));
    }
  }

  static RpcException refusal(QueuedRequest request, ResponseCode code, String detail) {
    var header = request.request().header();
    return RpcException.of(
        code, detail, header.path(), header.source(), request.target(), request.id());
  }

  void add(HeldRequest held) {
    all.put(held.request().id(), held);
    bytes += held.bytes();
  }

  /** One of them has ended so. */
  void end(HeldRequest held, RequestStatus last) {
    all.remove(held.request().id());
    bytes -= held.bytes();
    ended.add(last);
  }

  boolean has(HeldRequest held) {
    return all.get(held.request().id()) == held;
  }

  @Nullable HeldRequest find(RequestId id) {
    return all.get(id);
  }

  /** What is known of a request, or null. */
  @Nullable RequestStatus status(RequestId id) {
    HeldRequest held = all.get(id);
    return held == null ? ended.find(id) : held.status();
  }

  /** First those that have not ended, and the newest first; null for all devices. */
  List<RequestStatus> list(@Nullable String target, int limit) {
    List<HeldRequest> newest = new ArrayList<>(all.values());
    Collections.reverse(newest);
    return Stream.concat(newest.stream().map(HeldRequest::status), ended.all().stream())
        .filter(status -> target == null || status.target().equals(target))
        .limit(limit)
        .toList();
  }

  int size() {
    return all.size();
  }

  long bytes() {
    return bytes;
  }
}
