"""Footage at scale: folders, tar shards and manifests of captioned video, cut into shards of clips by many workers."""
