/**
 * Durable records: every batch is stored whole, and all that wait share one sync. {@link
 * io.culvert.store.RocksStore} keeps them on disk, {@link io.culvert.store.MemoryStore} as long as
 * the process lives. The layout of the folder is written in {@code docs/store-format.md}.
 */
@NullMarked
package io.culvert.store;

import org.jspecify.annotations.NullMarked;
