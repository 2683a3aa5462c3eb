"""Files that are refused: which rule they break, as a sentence with its remedy in three languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

LANGUAGES = ("zh-hans", "zh-hant", "en")
_SLOT = re.compile(r"\{(\w+)\}")

# code -> (zh-Hans, zh-Hant, en)
SENTENCES: dict[str, tuple[str, str, str]] = {
    "not_found": (
        "找不到文件“{name}”。请检查路径。",
        "找不到檔案「{name}」。請檢查路徑。",
        "There is no file “{name}”. Check the path.",
    ),
    "not_readable": (
        "文件“{name}”打不开，可能没有读取权限。",
        "檔案「{name}」打不開，可能沒有讀取權限。",
        "The file “{name}” cannot be opened; you may lack permission to read it.",
    ),
    "empty": (
        "文件是空的。请选择有内容的文件。",
        "檔案是空的。請選擇有內容的檔案。",
        "The file is empty. Choose a file with content.",
    ),
    "too_large": (
        "文件有{size}MB，超过{limit}MB的上限。请只保留要导入的工作表，或分成几个文件。",
        "檔案有{size}MB，超過{limit}MB的上限。請只保留要匯入的工作表，或分成幾個檔案。",
        "The file has {size} MB; the limit is {limit} MB. Keep only the sheet to import, or divide the file.",
    ),
    "wrong_type": (
        "文件扩展名是{expected}，内容却不是。请用表格软件重新另存为 .xlsx 或 .csv。",
        "檔案副檔名是{expected}，內容卻不是。請用試算表軟體重新另存為 .xlsx 或 .csv。",
        "The file is named {expected} but its content is something else. Save it again as .xlsx or .csv.",
    ),
    "unsupported": (
        "不支持这种文件（{expected}）。请另存为 .xlsx、.xls 或 .csv。",
        "不支援這種檔案（{expected}）。請另存為 .xlsx、.xls 或 .csv。",
        "Files of this kind ({expected}) are not supported. Save it as .xlsx, .xls or .csv.",
    ),
    "html": (
        "这是网页，不是表格文件。请用表格软件打开，再另存为 .xlsx。",
        "這是網頁，不是試算表檔案。請用試算表軟體打開，再另存為 .xlsx。",
        "This is a web page, not a spreadsheet. Open it in a spreadsheet program and save it as .xlsx.",
    ),
    "encrypted": (
        "文件有密码。请先在表格软件里取消密码，再重新选择。",
        "檔案有密碼。請先在試算表軟體裡取消密碼，再重新選擇。",
        "The file is protected by a password. Remove the password first, then choose it again.",
    ),
    "corrupt": (
        "文件已损坏或不完整。请重新下载，或用表格软件打开后另存为新文件。",
        "檔案已損壞或不完整。請重新下載，或用試算表軟體打開後另存為新檔案。",
        "The file is damaged or incomplete. Download it again, or open it and save it as a new file.",
    ),
    "corrupt_row": (
        "第{row}行的引号没有成对，后面的内容无法分列。请补上引号，或另存为 .xlsx。",
        "第{row}列的引號沒有成對，後面的內容無法分欄。請補上引號，或另存為 .xlsx。",
        (
            "Row {row} has a quotation mark without its partner, so what follows cannot be divided. "
            "Add the missing mark, or save as .xlsx."
        ),
    ),
    "zip_bomb": (
        "文件解开后过大（{part}），可能是恶意文件，已拒绝读取。请从可信的来源重新取得。",
        "檔案解開後過大（{part}），可能是惡意檔案，已拒絕讀取。請從可信的來源重新取得。",
        (
            "Unpacked, the file is far too large ({part}); it may be malicious and was not read. "
            "Get it again from a source you trust."
        ),
    ),
    "unsafe_archive": (
        "文件内部结构不正常（{part}），可能是恶意文件，已拒绝读取。请用表格软件打开后另存为新文件。",
        "檔案內部結構不正常（{part}），可能是惡意檔案，已拒絕讀取。請用試算表軟體打開後另存為新檔案。",
        (
            "The inside of the file is not as it should be ({part}); it may be malicious and was not read. "
            "Open it in a spreadsheet program and save it as a new file."
        ),
    ),
    "xml_entities": (
        "文件里有外部实体或文档类型声明（{part}），已拒绝读取。请用表格软件打开后另存为新文件。",
        "檔案裡有外部實體或文件類型宣告（{part}），已拒絕讀取。請用試算表軟體打開後另存為新檔案。",
        (
            "The file declares entities or a document type ({part}) and was not read. "
            "Open it in a spreadsheet program and save it as a new file."
        ),
    ),
    "macros": (
        "文件带有宏。请另存为不带宏的 .xlsx，再重新选择。",
        "檔案帶有巨集。請另存為不帶巨集的 .xlsx，再重新選擇。",
        "The file contains macros. Save it as .xlsx without macros, then choose it again.",
    ),
    "too_many_cells": (
        "工作表太大，单元格{cell}离其他内容太远。请删除多余的行和列，一次最多导入{rows}行。",
        "工作表太大，儲存格{cell}離其他內容太遠。請刪除多餘的列和欄，一次最多匯入{rows}列。",
        (
            "The sheet is too large: cell {cell} lies far out. Delete needless rows and columns; "
            "at most {rows} rows are imported at once."
        ),
    ),
    "too_hard": (
        "读取文件占用的内存超过上限，已停止。请只保留要导入的工作表。",
        "讀取檔案佔用的記憶體超過上限，已停止。請只保留要匯入的工作表。",
        "Reading the file took more memory than allowed and was stopped. Keep only the sheet to import.",
    ),
    "too_slow": (
        "读取文件超过{seconds}秒，已停止。请只保留要导入的工作表，或分成几个文件。",
        "讀取檔案超過{seconds}秒，已停止。請只保留要匯入的工作表，或分成幾個檔案。",
        (
            "Reading the file took more than {seconds} seconds and was stopped. "
            "Keep only the sheet to import, or divide the file."
        ),
    ),
    "encoding": (
        "看不出文字用的是哪种编码。请另存为 UTF-8 编码的 .csv，或另存为 .xlsx。",
        "看不出文字用的是哪種編碼。請另存為 UTF-8 編碼的 .csv，或另存為 .xlsx。",
        "The encoding of the text cannot be told. Save it as .csv in UTF-8, or as .xlsx.",
    ),
    "no_sheets": (
        "文件里没有可见的工作表。请取消隐藏要导入的工作表。",
        "檔案裡沒有可見的工作表。請取消隱藏要匯入的工作表。",
        "The file has no visible sheet. Unhide the sheet to import.",
    ),
    "no_such_sheet": (
        "文件里没有名为“{name}”的工作表。可选：{names}。",
        "檔案裡沒有名為「{name}」的工作表。可選：{names}。",
        "The file has no sheet “{name}”. It has: {names}.",
    ),
    "not_trello": (
        "这个 JSON 文件不是 Trello 看板的导出文件。请在 Trello 里选择“导出为 JSON”。",
        "這個 JSON 檔案不是 Trello 看板的匯出檔案。請在 Trello 裡選擇「匯出為 JSON」。",
        "This JSON file is not an export of a Trello board. In Trello choose “Export as JSON”.",
    ),
    "not_jira": (
        "这个文件不是 Jira 的 CSV 导出：缺少 Summary 列。请在 Jira 里选择“Export CSV (all fields)”。",
        "這個檔案不是 Jira 的 CSV 匯出：缺少 Summary 欄。請在 Jira 裡選擇「Export CSV (all fields)」。",
        "This is not a CSV export from Jira: the column Summary is missing. Choose “Export CSV”.",
    ),
}


class ReadError(Exception):
    """A file that cannot be read. `code` names the rule, `params` fill its sentence."""

    def __init__(self, code: str, params: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params = dict(params or {})

    def message(self, language: str = "zh-hans") -> str:
        """Return what is wrong with the file and the remedy, in "zh-hans", "zh-hant" or "en"."""
        sentence = SENTENCES[self.code][LANGUAGES.index(language.lower())]
        return _SLOT.sub(lambda slot: self.params.get(slot[1], "")[:200], sentence)

    def __str__(self) -> str:
        return self.message("en")
