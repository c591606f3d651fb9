"""What Azure Storage's SDKs raise, as the store's own errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from acimedic.store.trouble import StoreUnavailableError


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever Azure refuses, and any silence, is raised as StoreUnavailableError; its text names no key or token."""
    from azure.core.exceptions import AzureError, HttpResponseError

    try:
        yield
    except HttpResponseError as error:
        code = getattr(error, "error_code", None) or error.reason or ""
        said = f"{error.status_code or 'no status'} {getattr(code, 'value', code)}".strip()
        hint = ": the identity needs Storage Table and Blob Data Contributor" if error.status_code == 403 else ""
        raise StoreUnavailableError(f"Azure Storage answered {said}{hint}") from error
    except AzureError as error:
        raise StoreUnavailableError(f"Azure Storage cannot be reached ({type(error).__name__})") from error
    except (TimeoutError, OSError) as error:
        raise StoreUnavailableError(f"Azure Storage did not answer ({type(error).__name__})") from error
