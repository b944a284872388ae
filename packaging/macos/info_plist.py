"""The property list of walt.app: what the Finder shows, and which documents walt opens. `walt.spec` uses it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any


def _document(name: str, identifier: str, role: str) -> dict[str, Any]:
    return {
        "CFBundleTypeName": name,
        "LSItemContentTypes": [identifier],
        "CFBundleTypeRole": role,
        "LSHandlerRank": "Owner",
    }


def _type(identifier: str, name: str, extension: str, parent: str) -> dict[str, Any]:
    return {
        "UTTypeIdentifier": identifier,
        "UTTypeDescription": name,
        "UTTypeConformsTo": [parent],
        "UTTypeTagSpecification": {"public.filename-extension": [extension]},
    }


def info_plist() -> dict[str, Any]:
    """Entries besides those that PyInstaller writes."""
    return {
        "CFBundleName": "walt",
        "CFBundleDisplayName": "walt",
        "CFBundleShortVersionString": version("walt"),
        "CFBundleLocalizations": ["en", "fr"],
        "LSApplicationCategoryType": "public.app-category.video",
        "LSMinimumSystemVersion": "12.0",
        "NSHighResolutionCapable": True,
        "NSSupportsAutomaticGraphicsSwitching": True,
        "CFBundleDocumentTypes": [
            _document("walt film", "app.walt.film", "Editor"),
            _document("walt pack", "app.walt.pack", "Viewer"),
        ],
        "UTExportedTypeDeclarations": [
            _type("app.walt.film", "walt film", "walt", "public.json"),
            _type("app.walt.pack", "walt pack", "waltpack", "public.zip-archive"),
        ],
    }
