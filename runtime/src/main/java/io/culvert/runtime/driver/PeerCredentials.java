package io.culvert.runtime.driver;

/**
 * Who is at the other end of a Unix domain socket, as the kernel knows it (SO_PEERCRED): what the
 * process was when it connected.
 *
 * @param uid effective user id
 * @param gid effective group id
 * @param pid process id, 0 where it is of another container
 */
public record PeerCredentials(long uid, long gid, int pid) {}
