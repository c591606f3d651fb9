"""Bicep files are built by the compiler that is there; programs of our own stand in for it, run as it would be."""

import json
import os
from pathlib import Path

import pytest

from acimedic.cli.bicep import Built, built, command_line, is_bicep, place_of_symbol, place_of_type
from acimedic.cli.trouble import CannotRunError

TEMPLATE = '{"resources": []}'
PARAMETERS = '{"parameters": {}}'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files lie and the command is run; nothing is on the path but what a test puts into bin/."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.chdir(tmp_path)
    for name in ("main.bicep", "main.bicepparam"):
        (tmp_path / name).write_text("// nothing\n", encoding="utf-8")
    return tmp_path


def tool(folder: Path, script: str, name: str = "bicep") -> None:
    """A program of this name, which writes down what it is given."""
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {folder}/given\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def says(text: str) -> str:
    return f"printf '%s' '{text}'"


def given(folder: Path) -> list[str]:
    return (folder / "given").read_text(encoding="utf-8").splitlines()


def refusal(path: str = "main.bicep", **bounds: float) -> str:
    with pytest.raises(CannotRunError) as caught:
        built(path, seconds=bounds.get("seconds", 60), most_bytes=int(bounds.get("most_bytes", 1000)))
    return str(caught.value)


def test_a_bicep_file_is_built_by_bicep(folder: Path) -> None:
    tool(folder, says(TEMPLATE))
    assert built("main.bicep") == Built(template=TEMPLATE.encode(), parameters=None, via="bicep")
    assert given(folder) == ["build", "./main.bicep", "--stdout"]


def test_without_bicep_it_is_built_by_az(folder: Path) -> None:
    tool(folder, says(TEMPLATE), "az")
    assert built("main.bicep").via == "az bicep"
    assert given(folder) == ["bicep", "build", "--file", "./main.bicep", "--stdout"]


def test_bicep_goes_before_az(folder: Path) -> None:
    tool(folder, says("{}"), "az")
    tool(folder, says(TEMPLATE))
    assert built("main.bicep").template == TEMPLATE.encode()


def test_a_parameter_file_brings_its_template_along(folder: Path) -> None:
    tool(folder, says(json.dumps({"parametersJson": PARAMETERS, "templateJson": TEMPLATE, "templateSpecId": None})))
    found = built("main.bicepparam")
    assert (found.template, found.parameters) == (TEMPLATE.encode(), PARAMETERS.encode())
    assert given(folder) == ["build-params", "./main.bicepparam", "--stdout"]


def test_az_builds_a_parameter_file_as_well(folder: Path) -> None:
    tool(folder, says(json.dumps({"parametersJson": PARAMETERS, "templateJson": TEMPLATE})), "az")
    assert built("main.bicepparam").parameters == PARAMETERS.encode()
    assert given(folder) == ["bicep", "build-params", "--file", "./main.bicepparam", "--stdout"]


def test_a_parameter_file_for_a_template_spec_says_which(folder: Path) -> None:
    spec = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/templateSpecs/web/versions/1"
    tool(folder, says(json.dumps({"parametersJson": PARAMETERS, "templateJson": None, "templateSpecId": spec})))
    assert f"is for the template spec {spec}" in refusal("main.bicepparam")


@pytest.mark.parametrize("printed", ["not JSON", "[]", "{}", '{"parametersJson": 1}', "[" * 900])
def test_a_parameter_file_of_which_something_else_came_is_refused(folder: Path, printed: str) -> None:
    tool(folder, says(printed))
    assert refusal("main.bicepparam").startswith("main.bicepparam could not be built with 'bicep': ")


def test_without_a_compiler_it_says_how_to_get_one(folder: Path) -> None:
    told = refusal()
    assert "neither 'bicep' nor 'az' is there" in told
    assert "https://learn.microsoft.com/azure/azure-resource-manager/bicep/install" in told


def test_a_file_that_is_not_there_is_said_before_anything_is_run(folder: Path) -> None:
    tool(folder, says(TEMPLATE))
    assert refusal("other.bicep") == "other.bicep could not be read: there is no such file"
    assert not (folder / "given").exists()


@pytest.mark.parametrize("name", ["a\x00.bicep", "x" * 5000 + ".bicep"])
def test_a_name_that_no_file_can_have_is_said(folder: Path, name: str) -> None:
    tool(folder, says(TEMPLATE))
    assert "could not be read" in refusal(name)


def test_a_build_that_fails_tells_its_errors_and_not_its_warnings(folder: Path) -> None:
    warning = "main.bicep(1,7) : Warning no-unused-params: Parameter x is declared but never used."
    error = "main.bicep(3,10) : Error BCP018: Expected the = character at this location."
    tool(folder, f"echo '{warning}' >&2; echo '{error}' >&2; exit 1")
    assert refusal() == f"main.bicep could not be built with 'bicep': {error}"


def test_of_many_errors_the_first_are_told(folder: Path) -> None:
    tool(folder, "for n in 1 2 3 4 5; do echo error $n >&2; done; exit 1")
    assert refusal().endswith(": error 1 / error 2 / error 3")


def test_what_a_compiler_says_cannot_rule_a_terminal_or_a_pipeline(folder: Path) -> None:
    tool(folder, "printf 'Error \\033[2J ##vso[task.complete]\\n' >&2; exit 1")
    assert refusal().endswith(r"Error \x1b[2J \x23#vso[task.complete]")


def test_a_build_that_fails_without_a_word_is_said(folder: Path) -> None:
    tool(folder, "exit 3")
    assert refusal().endswith("it ended with code 3 and said nothing")


def test_a_build_without_output_is_said(folder: Path) -> None:
    tool(folder, "exit 0")
    assert refusal().endswith("it printed no template")


def test_warnings_do_not_spoil_the_template(folder: Path) -> None:
    tool(folder, f"echo 'Warning: a new release of Bicep is there' >&2; {says(TEMPLATE)}; echo more >&2")
    assert built("main.bicep").template == TEMPLATE.encode()


def test_more_warnings_than_a_pipe_holds_do_not_spoil_it_either(folder: Path) -> None:
    line = "w" * 1000
    tool(folder, f"n=0; while [ $n -lt 300 ]; do echo {line} >&2; n=$((n+1)); done; {says(TEMPLATE)}")
    assert built("main.bicep").template == TEMPLATE.encode()


def test_a_build_that_does_not_end_is_ended_with_all_that_it_started(folder: Path) -> None:
    """The program that it started in turn holds the pipe open; it would be waited for."""
    tool(folder, f"/bin/sleep 600 & echo $! > {folder}/started; wait")
    assert refusal(seconds=3).endswith("it took longer than 3 seconds")
    started = int((folder / "started").read_text(encoding="utf-8"))
    assert not alive(started)


def alive(process: int) -> bool:
    """Whether it runs; a process that was ended, and whose end nobody has asked for yet, does not."""
    stat = Path(f"/proc/{process}/stat")
    try:
        return stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def test_output_without_end_is_ended(folder: Path) -> None:
    tool(folder, "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done")
    assert refusal(most_bytes=1000).endswith("it printed more than 1000 bytes")


def test_output_that_just_fits_is_taken(folder: Path) -> None:
    tool(folder, says(TEMPLATE))
    assert built("main.bicep", most_bytes=len(TEMPLATE)).template == TEMPLATE.encode()


def test_a_compiler_that_cannot_be_started_is_said(folder: Path) -> None:
    tool(folder, "")
    (folder / "bin" / "bicep").write_bytes(b"\x00\x01 no program")
    assert "it could not be started" in refusal()


@pytest.mark.parametrize("name", ["--outfile.bicep", "-x.bicep", "@main.bicep", "$(touch pwned).bicep", "a;b.bicep"])
def test_a_name_is_never_an_option_nor_a_command(folder: Path, name: str) -> None:
    (folder / name).write_text("", encoding="utf-8")
    tool(folder, says(TEMPLATE))
    built(name)
    assert given(folder)[1] == f"./{name}"
    assert not (folder / "pwned").exists()


def test_a_whole_path_stays_as_it_is(folder: Path) -> None:
    tool(folder, says(TEMPLATE))
    built(str(folder / "main.bicep"))
    assert given(folder)[1] == str(folder / "main.bicep")


def test_a_compiler_reads_nothing_from_the_terminal(folder: Path) -> None:
    tool(folder, f"read answer || {says(TEMPLATE)}")
    assert built("main.bicep").template == TEMPLATE.encode()


def test_a_batch_file_is_not_given_what_its_shell_obeys() -> None:
    with pytest.raises(CannotRunError, match="characters that a shell obeys"):
        command_line("az bicep", r"C:\az.CMD", "a&calc.bicep", with_parameters=False)


def test_a_batch_file_is_given_an_ordinary_name() -> None:
    assert command_line("az bicep", r"C:\az.CMD", "my main.bicep", with_parameters=False)[-2] == "./my main.bicep"


def test_the_environment_reaches_the_compiler(folder: Path) -> None:
    """A parameter file may read it, and a proxy or a cache of modules is told by it."""
    tool(folder, 'printf \'{"home": "%s"}\' "$HOME"')
    assert json.loads(built("main.bicep").template) == {"home": os.environ["HOME"]}


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.bicep", True), ("A.BICEP", True), ("a.bicepparam", True), ("a.json", False), ("bicep", False)],
)
def test_bicep_is_known_by_its_ending(name: str, said: bool) -> None:
    assert is_bicep(name) is said


GROUP = "resource group 'Microsoft.ContainerInstance/containerGroups@2023-05-01' = {\n}\n"


@pytest.mark.parametrize(
    ("before", "place"),
    [
        ("", (1, 1)),
        ("param x string\n\n  ", (3, 3)),
        ("// resource group 'a@b' = {\n", (2, 1)),
        ("/* resource group 'a@b' =\n*/ ", (2, 4)),
        ("var a = 'resource group '\n", (2, 1)),
        ("var a = '''\nresource group 'a@b' = {\n'''\n", (4, 1)),
        ("var a = '''it''''\n", (2, 1)),
        ("var a = 'it\\'s // not a comment'\n", (2, 1)),
        ("var a = 'http://x'\n", (2, 1)),
        ("var a = 'x${b('resource group ')}y'\n", (2, 1)),
        ("var a = 'x${{ k: '}' }.k}y' // it's\n", (2, 1)),
        ("var a = '${'resource group \\'a@b\\''}'\n", (2, 1)),
        ("var a = 'never closed\n", (2, 1)),
        ("resource grouping 'a@b' = {\n}\n", (3, 1)),
        ("resource other 'a@b' existing = {\n  name: group\n}\n", (4, 1)),
        ("resource group 'a@b' existing = {\n}\n", (3, 1)),
        ("@description('the resource group \\'a\\'')\n", (2, 1)),
        ("var resourcex = {\n  resource: 'x'\n}\n", (4, 1)),
    ],
)
def test_a_resource_is_found_where_it_is_declared(before: str, place: tuple[int, int]) -> None:
    assert place_of_symbol(before + GROUP, "group") == place


@pytest.mark.parametrize("text", ["", "// " + GROUP, "/* " + GROUP, "'''" + GROUP, GROUP.replace("group ", "groups ")])
def test_a_resource_that_is_not_declared_has_no_place(text: str) -> None:
    assert place_of_symbol(text, "group") is None


def test_the_only_resource_of_a_type_is_found_by_it() -> None:
    text = "resource r 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {\n}\n" + GROUP
    assert place_of_type(text, "microsoft.containerinstance/containergroups") == (3, 1)


def test_of_two_resources_of_a_type_neither_is_guessed() -> None:
    text = GROUP + GROUP.replace("group ", "other ")
    assert place_of_type(text, "Microsoft.ContainerInstance/containerGroups") is None
