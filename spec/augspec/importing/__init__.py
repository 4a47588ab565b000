"""Policies from the declarations of other libraries: each transform exact, approximate or unsupported, with the reason.

Nothing in a file is executed, imported or instantiated: files are data, and of live objects attributes are read.
"""

from augspec.importing.albumentations import albumentations
from augspec.importing.files import read
from augspec.importing.keras import keras
from augspec.importing.kornia import kornia
from augspec.importing.result import Imported, Row
from augspec.importing.timm import is_timm, timm
from augspec.importing.torchvision import torchvision

__all__ = ["Imported", "Row", "albumentations", "is_timm", "keras", "kornia", "read", "timm", "torchvision"]
