package io.culvert.store;

class MemoryStoreTest extends StoreContract {
  @Override
  Store open() {
    return MemoryStore.create();
  }
}
