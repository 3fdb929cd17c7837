// A shim over the default VFS: every file method calls the real one and notes what it changed.

#include "tests/store/forgetful_vfs.h"

#include <cstring>
#include <filesystem>
#include <fstream>

#include <sqlite3.h>

#include "engine/base/id.h"

namespace runbook {
namespace {

struct File {
  sqlite3_file base;
  ForgetfulVfs* vfs;
  ForgetfulVfs::Node* node;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* file_of(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
sqlite3_file* real_of(sqlite3_file* file) {
  return file_of(file)->real();
}
ForgetfulVfs* owner_of(sqlite3_vfs* vfs) {
  return static_cast<ForgetfulVfs*>(vfs->pAppData);
}

void apply_change(std::string& content, const ForgetfulVfs::Change& change) {
  if (change.truncation) {
    content.resize(change.offset);
    return;
  }
  const std::size_t end = change.offset + change.bytes.size();
  if (content.size() < end) {
    content.resize(end);
  }
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

int file_close(sqlite3_file* file) {
  return real_of(file)->pMethods->xClose(real_of(file));
}

int file_read(sqlite3_file* file, void* buffer, int size, sqlite3_int64 offset) {
  if (file_of(file)->vfs->is_dead()) {
    return SQLITE_IOERR_READ;
  }
  return real_of(file)->pMethods->xRead(real_of(file), buffer, size, offset);
}

int file_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  File& self = *file_of(file);
  if (!self.vfs->permit_operation()) {
    return SQLITE_IOERR_WRITE;
  }
  sqlite3_int64 length = 0;
  self.real()->pMethods->xFileSize(self.real(), &length);
  if (self.vfs->is_full() && offset + size > length) {
    return SQLITE_FULL;
  }
  self.node->unsynced.push_back(
      {.offset = static_cast<std::size_t>(offset),
       .bytes = std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size)),
       .truncation = false});
  return self.real()->pMethods->xWrite(self.real(), bytes, size, offset);
}

int file_truncate(sqlite3_file* file, sqlite3_int64 size) {
  File& self = *file_of(file);
  if (!self.vfs->permit_operation()) {
    return SQLITE_IOERR_TRUNCATE;
  }
  self.node->unsynced.push_back(
      {.offset = static_cast<std::size_t>(size), .bytes = {}, .truncation = true});
  return self.real()->pMethods->xTruncate(self.real(), size);
}

int file_sync(sqlite3_file* file, int flags) {
  File& self = *file_of(file);
  if (!self.vfs->permit_operation()) {
    return SQLITE_IOERR_FSYNC;
  }
  for (const ForgetfulVfs::Change& change : self.node->unsynced) {
    apply_change(self.node->synced, change);
  }
  self.node->unsynced.clear();
  return self.real()->pMethods->xSync(self.real(), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int file_lock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
int file_unlock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int file_check_lock(sqlite3_file* file, int* held) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), held);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int file_sector_size(sqlite3_file* file) {
  return real_of(file)->pMethods->xSectorSize(real_of(file));
}
// None of the real device's: no atomic writes, no safe appends.
int file_characteristics(sqlite3_file* /*file*/) {
  return 0;
}
int file_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}
int file_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void file_shm_barrier(sqlite3_file* file) {
  real_of(file)->pMethods->xShmBarrier(real_of(file));
}
int file_shm_unmap(sqlite3_file* file, int remove) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

const sqlite3_io_methods kMethods = {.iVersion = 2,  // without memory-mapped reads
                                     .xClose = file_close,
                                     .xRead = file_read,
                                     .xWrite = file_write,
                                     .xTruncate = file_truncate,
                                     .xSync = file_sync,
                                     .xFileSize = file_size,
                                     .xLock = file_lock,
                                     .xUnlock = file_unlock,
                                     .xCheckReservedLock = file_check_lock,
                                     .xFileControl = file_control,
                                     .xSectorSize = file_sector_size,
                                     .xDeviceCharacteristics = file_characteristics,
                                     .xShmMap = file_shm_map,
                                     .xShmLock = file_shm_lock,
                                     .xShmBarrier = file_shm_barrier,
                                     .xShmUnmap = file_shm_unmap,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

int vfs_open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  ForgetfulVfs& owner = *owner_of(vfs);
  File& self = *file_of(file);
  self.base.pMethods = nullptr;
  if (owner.is_dead()) {
    return SQLITE_CANTOPEN;
  }
  self.vfs = &owner;
  self.node = &owner.node(path == nullptr ? "" : path);
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  const int result = real->xOpen(real, path, self.real(), flags, out_flags);
  if (result == SQLITE_OK) {
    self.base.pMethods = &kMethods;
  }
  return result;
}

// The folder is synced at once: what is deleted stays deleted.
int vfs_delete(sqlite3_vfs* vfs, const char* path, int sync) {
  if (!owner_of(vfs)->permit_operation()) {
    return SQLITE_IOERR_DELETE;
  }
  owner_of(vfs)->node(path) = {};
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  return real->xDelete(real, path, sync);
}

}  // namespace

ForgetfulVfs::ForgetfulVfs()
    : name_("forgetful-" + new_uuid()),
      vfs_(std::make_unique<sqlite3_vfs>(*sqlite3_vfs_find(nullptr))) {
  vfs_->szOsFile += static_cast<int>(sizeof(File));
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->pNext = nullptr;
  vfs_->xOpen = vfs_open;
  vfs_->xDelete = vfs_delete;
  sqlite3_vfs_register(vfs_.get(), 0);
}

ForgetfulVfs::~ForgetfulVfs() {
  sqlite3_vfs_unregister(vfs_.get());
}

// What is there before the first open was synced by whoever wrote it.
ForgetfulVfs::Node& ForgetfulVfs::node(const std::string& path) {
  const auto [entry, added] = nodes_.try_emplace(path);
  if (added && std::filesystem::exists(path)) {
    std::ifstream file(path, std::ios::binary);
    entry->second.synced.assign(std::istreambuf_iterator<char>(file), {});
  }
  return entry->second;
}

bool ForgetfulVfs::permit_operation() {
  if (operations_left_ == 0) {
    dead_ = true;
  } else if (operations_left_ != static_cast<std::size_t>(-1)) {
    --operations_left_;
  }
  return !dead_;
}

void ForgetfulVfs::power_on(const std::function<bool()>& survives) {
  dead_ = false;
  operations_left_ = static_cast<std::size_t>(-1);
  for (auto& [path, node] : nodes_) {
    if (path.empty()) {
      continue;
    }
    for (const Change& change : node.unsynced) {
      if (survives && survives()) {
        apply_change(node.synced, change);
      }
    }
    node.unsynced.clear();
    if (std::filesystem::exists(path)) {
      std::ofstream(path, std::ios::binary | std::ios::trunc) << node.synced;
    }
    std::filesystem::remove(path + "-shm");
  }
}

}  // namespace runbook
