package protocol;

enum PartitionState { ACTIVE, FAILED_OVER, REPLAYING, REBUILDING, WARMING_UP }
