package io.culvert.rpc.persistent;

import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of the last requests, for those who ask later; in memory and bounded. */
final class EndedRequests {
  private record Ended(RequestStatus status, int bytes) {}

  private final int most;
  private final long mostBytes;
  private final PayloadCodec codec;
  private final Map<RequestId, Ended> ended = new LinkedHashMap<>();
  private long bytes;

  /**
   * @param mostBytes of the answers; the oldest go first
   */
  EndedRequests(int most, long mostBytes, PayloadCodec codec) {
    this.most = most;
    this.mostBytes = mostBytes;
    this.codec = codec;
  }

  void add(RequestStatus status) {
    Response answer = status.answer();
    int size = answer == null ? 0 : codec.encode(answer).length();
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

  /** All, the oldest first. */
  List<RequestStatus> all() {
    List<RequestStatus> all = new ArrayList<>(ended.size());
    ended.values().forEach(each -> all.add(each.status()));
    return all;
  }
}
