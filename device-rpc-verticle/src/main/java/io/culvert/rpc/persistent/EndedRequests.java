package io.culvert.rpc.persistent;

import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of the last requests, for those who ask later; in memory and bounded. */
final class EndedRequests {
  private record Ended(RequestStatus status, long bytes) {}

  private final int most;
  private final long mostBytes;
  private final PayloadCodec codec;
  private final Map<RequestId, Ended> ended = new LinkedHashMap<>();
  private long bytes;

  /**
   * @param mostBytes of the answers, and of what was asked; the oldest go first
   */
  EndedRequests(int most, long mostBytes, PayloadCodec codec) {
    this.most = most;
    this.mostBytes = mostBytes;
    this.codec = codec;
  }

  void add(RequestStatus status) {
    long size = size(status);
    if (size > mostBytes) {
      return; // it would push out all others, and itself
    }
    ended.put(status.id(), new Ended(status, size));
    bytes += size;
    Iterator<Ended> oldest = ended.values().iterator();
    while (ended.size() > most || bytes > mostBytes) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }

  @Nullable RequestStatus find(RequestId id) {
    Ended found = ended.get(id);
    return found == null ? null : found.status();
  }

  /** All, the newest first. */
  List<RequestStatus> all() {
    List<RequestStatus> all = new ArrayList<>(ended.size());
    ended.values().forEach(each -> all.add(each.status()));
    Collections.reverse(all);
    return all;
  }

  /** Too much for what JSON has no form for, which a handler may have made of an answer. */
  private long size(RequestStatus status) {
    Response answer = status.answer();
    long texts =
        length(status.path())
            + length(status.correlationId())
            + length(status.address())
            + length(status.detail());
    try {
      return answer == null ? texts : texts + codec.encodeBody(answer.body()).length();
    } catch (IllegalArgumentException e) {
      return Long.MAX_VALUE;
    }
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
