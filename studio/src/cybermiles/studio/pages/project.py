"""Project: choose one, see its files, edit them with findings while typing."""

from __future__ import annotations

import html
from pathlib import PurePosixPath

import streamlit as st

from cybermiles.dsl.diagnostics import CompileError
from cybermiles.studio import state
from cybermiles.studio.components.editor import code_editor
from cybermiles.studio.components.frame import heading, next_step, plain, problem
from cybermiles.studio.services import compiler, words
from cybermiles.studio.services.projects import Project, ProjectError, language, templates
from cybermiles.studio.texts import t

ICONS = {
    "rules": ":material/rule:",
    "scripts": ":material/code:",
    "tests": ":material/checklist:",
    "processes": ":material/account_tree:",
}
TOP_ICONS = {"contract.yaml": ":material/tune:", "README.md": ":material/article:", "logo.svg": ":material/image:"}


def render() -> None:
    """The page."""
    session = state.get()
    if session.project is None:
        choose()
    else:
        edit(session, session.project)


def choose() -> None:
    """The empty state: what can be opened."""
    heading(t("project.welcome"), t("project.welcome_text"))
    steps = [t("project.step_write"), t("project.step_test"), t("project.step_deploy"), t("project.step_call")]
    items = "".join(f"<li><b>{number}</b>{html.escape(step)}</li>" for number, step in enumerate(steps, 1))
    st.html(f"<ol class='cm-steps'>{items}</ol>")
    session = state.get()
    own = state.workspace().projects()
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(t("project.templates"))
        for name, folder in templates().items():
            with st.container(border=True, key=f"template-{name}"):
                summary(Project(folder))
                if st.button(t("project.use_template"), key=f"use-{name}", type="primary", icon=":material/add:"):
                    session.open(state.workspace().copy_template(name))
                    st.rerun()
    with right:
        st.subheader(t("project.yours"))
        if not own:
            st.caption(t("project.none_yet"))
        for project in own:
            with st.container(border=True, key=f"project-{project.name}"):
                summary(project)
                if st.button(t("project.open"), key=f"open-{project.name}", icon=":material/folder_open:"):
                    session.open(project)
                    st.rerun()
        with st.form("open-folder", border=False):
            folder_name = st.text_input(t("project.folder"), placeholder="/home/me/contracts/pricing")
            if st.form_submit_button(t("project.open_folder"), icon=":material/drive_folder_upload:") and folder_name:
                try:
                    session.open(state.workspace().open(folder_name if "/" in folder_name else f"./{folder_name}"))
                except ProjectError as refused:
                    problem(refused.code, refused.message, refused.hint)
                else:
                    st.rerun()


def summary(project: Project) -> None:
    """Title, version and one sentence of a project."""
    picture, words = st.columns([1, 8], vertical_alignment="center")
    with picture:
        if (project.root / "logo.svg").is_file():
            st.image(str(project.root / "logo.svg"), width=52)
    with words:
        try:
            manifest = compiler.outline(project.sources()).manifest
        except CompileError:
            st.markdown(f"**{plain(project.name)}**")
            st.caption(t("project.unreadable"))
            return
        badges = f":gray-badge[{plain(project.name)}] :gray-badge[{plain(manifest.version)}]"
        st.markdown(f"**{plain(manifest.title)}** {badges}")
        st.caption(plain(manifest.summary))


def edit(session: state.Studio, project: Project) -> None:
    """Files on the left, the editor on the right."""
    with st.container(key="page-head"):
        try:
            manifest = compiler.outline(project.sources()).manifest
            heading(manifest.title, manifest.summary, badges=(project.name, manifest.version))
        except CompileError:
            heading(project.name, t("project.unreadable"))
    left, right = st.columns([1, 4.2], gap="medium")
    with left:
        files(session, project)
    with right:
        editing(session, project)
    next_step("test", t("project.next"))


def files(session: state.Studio, project: Project) -> None:
    """The file tree."""
    folder = ""
    with st.container(key="files", gap=None):
        for file in project.files():
            path = PurePosixPath(file)
            if len(path.parts) > 1 and path.parts[0] != folder:
                folder = path.parts[0]
                st.markdown(f"<div class='cm-folder'>{folder}</div>", unsafe_allow_html=True)
            icon = TOP_ICONS.get(file) or ICONS.get(path.parts[0], ":material/draft:")
            chosen = "chosen" if file == session.file else "file"
            slug = file.replace("/", "-").replace(".", "-")
            with st.container(key=f"{chosen}-{slug}"):
                if st.button(path.name, key=f"pick-{file}", icon=icon, type="tertiary", width="stretch", help=None):
                    session.file, session.goto = file, None
                    st.rerun()
    if st.button(t("project.close"), icon=":material/arrow_back:", type="tertiary"):
        session.close()
        st.rerun()


def editing(session: state.Studio, project: Project) -> None:
    """The editor; it saves by itself, without the page."""
    try:
        text = project.read(session.file)
    except ProjectError as refused:
        problem(refused.code, refused.message, refused.hint)
        return
    place = code_editor(
        project=state.reference(project),
        file=session.file,
        text=text,
        language=language(session.file),
        words=words.of(project, session.file),
        goto=session.goto,
        nonce=session.nonce,
    )
    if place and place.file in project.files():
        session.jump(place)
        st.rerun()
