"""The words people use in their sheets. This file is a table: anyone may add a word.

How a heading is read (see `layout.py`):
- Space, brackets and what stands in them, case and full-width forms do not count, and traditional
  characters are read as simplified ones. So "預計耗時 (h)" needs no entry of its own.
- A heading that equals a word below means that field. Else the longest word that ends the heading
  decides, because Chinese and English both put the main word last: 任务负责人 is a 负责人.
- `SURE` words win over `MAYBE` words when two columns want the same field; within a line, words
  further left win.
- A word in `DEPENDS_ON_CONTENT` is decided by what stands in the column.
"""

from __future__ import annotations

# field -> words that can hardly mean anything else
SURE: dict[str, str] = {
    "title": """任务名称 任务标题 任务 工作任务 关键任务 事项名称 工作事项 待办事项 事项 工作内容
        任务内容 具体工作 工作名称 工作项 重点工作 待办 任务描述 标题 主题 需求名称 需求标题 行动项
        工作计划 计划内容 事务 任务事项 主要工作 任务主题 工作主题 事项内容 具体事项 要做的事 做什么
        工作清单 任务清单 活动名称 taskname tasktitle task title summary todo to-do todos workitem
        actionitem item subject taskdescription cardname issuesummary whattodo""",
    "owner": """负责人 责任人 经办人 主负责人 第一负责人 主责人 承办人 执行人 处理人 担当 担当人
        主办人 主办 负责同事 负责人员 负责人姓名 责任人姓名 跟进人 指派给 分配给 受理人 办理人
        落实人 执行者 负责 牵头人 责任者 owner taskowner assignee assignedto responsible
        responsibleperson personincharge pic dri lead who""",
    "collaborators": """协作人 协同人 协办人 配合人 协助人 参与人 参与者 参与人员 协作者 协同人员
        配合人员 协作人员 协作成员 协作同事 协作方 协助人员 配合方 其他参与人 collaborators
        collaborator participants participant members helpers supportedby withwhom watchers""",
    "relevance": """目标关联度 目标相关度 关联度 相关度 重要性 重要程度 重要度 目标贡献度 贡献度
        价值 重要等级 重要级别 goalrelevance relevance importance impact""",
    "urgency": """紧急程度 紧急度 紧急性 紧迫性 紧迫程度 急迫程度 轻重缓急 缓急 缓急程度 是否紧急
        紧急等级 紧急级别 紧急 urgency urgent urgencylevel""",
    "estimate": """耗时预估 预计耗时 预估耗时 预估工时 预计工时 计划工时 预计用时 预估用时 预计时长
        预估时长 计划耗时 计划用时 计划时长 估计工时 估计耗时 估计用时 工时估算 工时预估 工时预算
        时长预估 所需工时 所需时长 所需时间 需要时间 需用时 预计所需时间 估时 标准工时 额定工时 工时
        人天 人日 工作量 工作量预估 预估工作量 预计工作量 耗时 用时 时长 预计小时 预计小时数
        预计分钟 预计天数 计划天数 小时数 工时数 estimate estimated estimatedtime estimatedhours
        estimatedduration estimatedeffort estimation timeestimate originalestimate esthours esttime
        est effort duration hours hoursneeded timeneeded timerequired plannedhours plannedtime
        plannedeffort workload""",
    "due": """截止时间 截止日期 截至时间 截至日期 截止 截止日 截至 到期时间 到期日期 到期日 到期
        完成时限 完成期限 期限 时限 要求完成时间 要求完成日期 计划完成时间 计划完成日期 计划完成
        预计完成时间 预计完成日期 预计完成 应完成时间 最迟完成时间 最晚完成时间 最晚完成 最后期限
        交付时间 交付日期 提交时间 提交日期 计划结束时间 计划结束日期 计划结束 交期 办结时限
        计划截止 计划截止时间 计划截止日期 上线时间 最晚时间 deadline 死线 ddl due duedate dueon
        duetime duebefore finishby completeby by targetdate targetcompletion plannedend
        plannedfinish endby""",
    "depends_on": """前置任务 前置事项 前置条件 前置工作 前置 前置依赖 前序任务 前序 紧前任务
        紧前工作 依赖 依赖任务 依赖项 依赖事项 依赖关系 先决条件 先决任务 先行任务 前提 前提任务
        上游任务 上一环节 前置编号 前置任务编号 前置任务id 前置任务序号 dependson dependencies
        dependency dependenton predecessor predecessors prerequisite prerequisites blockedby after
        waitingfor isblockedby""",
    "earliest": """最早开始 最早开始时间 最早开始日期 最早可开始 最早可开始时间 可开始时间
        可开始日期 开始时间 开始日期 起始时间 起始日期 计划开始 计划开始时间 计划开始日期 预计开始
        预计开始时间 预计开始日期 启动时间 启动日期 开工时间 开工日期 不早于 earlieststart earliest
        notbefore startafter start startdate starttime startson plannedstart begin begindate""",
    "period": """起止时间 起止日期 起讫时间 起讫日期 计划起止时间 时间安排 时间段 执行周期 任务周期
        周期 执行时间段 时间范围 计划周期 period timeframe daterange""",
    "splittable": """可拆分 是否可拆分 能否拆分 可否拆分 可分割 是否可分割 可分段 可中断 是否可中断
        拆分 splittable cansplit divisible maysplit""",
    "fixed_time": """固定时间 固定时段 固定时间段 指定时间 约定时间 锁定时间 是否固定时间 会议时间
        fixedtime fixed fixedslot pinned pinnedat""",
    "number": """任务id 任务编号 任务号 编号 单号 事项编号 工单号 工单编号 记录编号 任务代码 id
        taskid taskno tasknumber key issuekey ticket number ref code""",
    "index": "序号 序 行号 项次 no no. # seq index item# 次序",
    "project": "所属项目 项目名称 项目 归属项目 关联项目 专项 project projectname campaign",
    "department": """所属部门 部门 责任部门 归属部门 负责部门 承办部门 主办部门 执行部门 所属团队
        团队 小组 组别 所属小组 department dept team group division""",
    "deliverable_standard": """交付标准 验收标准 完成标准 交付物 交付成果 交付要求 输出成果 输出物
        产出物 产出 成果要求 质量要求 成果 交付内容 达标标准 deliverablestandard deliverable
        deliverables acceptancecriteria definitionofdone output""",
    "status": """状态 当前状态 完成状态 任务状态 进展状态 执行状态 进度状态 办理状态 完成情况
        是否完成 进度标记 办结情况 status state currentstatus progressstatus list""",
    "note": """备注 备注说明 说明 注释 附注 补充说明 备考 描述 详细描述 任务说明 详情 具体要求 note
        notes remark remarks comment comments description details desc memo""",
    "category": """类别 任务类别 分类 任务分类 类型 任务类型 工作类型 工作类别 工作分类 所属类别
        模块 工作模块 业务类型 板块 业务板块 category type tasktype kind issuetype worktype""",
    "tags": "标签 任务标签 关键词 tags tag labels label keywords",
    "actual": """实际耗时 实际工时 实际用时 实际时长 已用工时 已用时 实耗工时 消耗工时 实际投入
        已耗时 actual actualtime actualhours actualeffort timespent spent loggedtime actualduration""",
    "progress": """进度 完成进度 完成率 完成度 完成百分比 进度% 完成比例 当前进度 progress
        percentcomplete %complete complete%""",
    "goal": "所属目标 关联目标 目标 核心目标 对应目标 goal objective okr",
    "parent": "上级任务 父任务 所属任务 母任务 父级任务 主任务 parent parenttask epic",
    "child": "子任务 子事项 动作 具体动作 具体行动 步骤 工作步骤 分解任务 二级任务 subtask subtasks step",
    "rank": "优先级排序 排序 排名 优先顺序 优先次序 rank ranking order priorityrank",
    "disposal": "处理建议 处置建议 建议处理方式 处理方式 disposal suggestion",
    "key_node": "关键节点 里程碑 关键里程碑 节点 milestone milestones keynode",
    "outcome": "实际完成情况 实际情况 实际结果 完成结果 结果 outcome result results",
    "day": "日期 计划日期 工作日期 date day",
    "week": "周次 周 week",
    "actual_end": """实际完成时间 实际完成日期 实际完成 实际结束时间 实际结束日期 实际结束 办结时间
        办结日期 actualend actualfinish completedon completed resolved closed finishedon""",
    "actual_start": "实际开始时间 实际开始日期 实际开始 actualstart startedon",
    "created": """创建时间 创建日期 登记时间 登记日期 录入时间 下达时间 提出时间 提出日期 布置时间
        发布时间 created createdon createdat updated""",
    "creator": """创建人 提出人 布置人 发起人 需求方 需求人 提报人 审核人 审批人 验收人 登记人
        填表人 制表人 监督人 检查人 汇报人 申请人 汇报对象 需求部门 配合部门 协作部门 协办部门
        reporter creator requester reviewer approver createdby updatedby""",
    "other": """后续任务 后置任务 剩余工时 剩余时间 剩余天数 延期天数 逾期天数 联系方式 电话
        手机 邮箱 预算 费用 金额 成本 总工时 合计 实际交付 数量 附件 链接 地点 考核 得分 评分 分值
        权重 象限 四象限 延期原因 未完成原因 存在问题 问题 下一步 下一步计划 改进措施 效果 successor
        successors remaining remainingestimate phone email budget cost quadrant attachment
        link url location score weight""",
}

# field -> words that may mean it when no column says so more clearly
MAYBE: dict[str, str] = {
    "title": """内容 名称 工作 计划 需求 动作 活动 项 题目 name description details action activity
        content what work story""",
    "owner": "姓名 人员 成员 员工 员工姓名 谁 主责 牵头 责任 person people name staff employee by",
    "urgency": "优先级 优先级别 优先程度 优先度 优先 优先等级 级别 等级 priority prio level",
    "due": """完成时间 完成日期 结束时间 结束日期 终止时间 终止日期 结束 完成 目标日期 计划时间
        目标时间 最晚 最迟 何时完成 end enddate endtime finish finishdate finishtime completion
        completiondate when""",
    "earliest": "开始 起始 起 启动 from",
    "collaborators": "协作 协同 配合 协助 参与 协办 with support",
    "estimate": "预估 预计 估算 小时 分钟 天数 hour minutes mins days time manhours mandays",
    "actual": "实际 实际时间",
    "number": "代码",
}

# heading -> the fields to try on the column's own values, best first
DEPENDS_ON_CONTENT: dict[str, tuple[str, ...]] = {
    "时间": ("due", "period", "estimate"),
    "计划时间": ("due", "period", "estimate"),
    "预计时间": ("estimate", "due", "period"),
    "预估时间": ("estimate", "due", "period"),
    "完成时间": ("due", "period", "estimate"),
    "执行时间": ("period", "due", "estimate"),
    "工作时间": ("estimate", "period", "due"),
    "时间要求": ("due", "period", "estimate"),
    "时间节点": ("due", "period"),
    "完成节点": ("due", "period"),
    "节点时间": ("due", "period"),
    "周期": ("period", "estimate", "due"),
    "工期": ("estimate", "period", "due"),
    "time": ("due", "period", "estimate"),
    "timing": ("due", "period", "estimate"),
    "schedule": ("due", "period", "estimate"),
    "完成情况": ("progress", "status"),
    "进度": ("progress", "status"),
    "进展": ("progress", "status"),
    "完成进度": ("progress", "status"),
    "progress": ("progress", "status"),
}

# What heads the columns of a week: a table with three or more of them, and no column of tasks, is a week plan.
WEEKDAYS = (
    "周一 星期一 礼拜一 monday mon",
    "周二 星期二 礼拜二 tuesday tue",
    "周三 星期三 礼拜三 wednesday wed",
    "周四 星期四 礼拜四 thursday thu",
    "周五 星期五 礼拜五 friday fri",
    "周六 星期六 礼拜六 saturday sat",
    "周日 星期日 星期天 周天 sunday sun",
)

# Fields of which a sheet may have several columns: their values are joined.
SEVERAL_COLUMNS = frozenset({"collaborators", "depends_on", "tags", "note"})

# Fields that make a table a table of tasks.
CORE = frozenset(
    {"title", "owner", "relevance", "urgency", "estimate", "due", "depends_on", "earliest", "status"}
)

# Rows that sum up. Alone, or after the name of what is summed ("内容组小计"), or before a figure.
TOTALS = """合计 小计 总计 共计 累计 总和 汇总 平均 平均值 合计工时 总工时 工时合计 total subtotal
        grandtotal sum totals average"""

# How a remark under the table begins.
REMARKS = """备注 注 注意 说明 填表说明 填写说明 使用说明 填报说明 附注 制表 制表人 审核 审核人 批准
        批准人 填表 填表人 填表日期 制表日期 日期 部门负责人 签字 负责人签字 领导签字 审批 审批意见
        统计日期 更新时间 数据来源 联系人 打印日期 note notes remark remarks preparedby approvedby
        printedon legend source"""

# Signatures under the table, after which a colon stands; what stands beside them does not matter.
SIGNATURES = """制表人 制表 审核人 复核人 批准人 填表人 填报人 编制人 部门负责人 负责人签字 领导签字 签字
    preparedby approvedby reviewedby"""

# Remarks that need no colon when they stand alone in their row.
BARE_REMARKS = "备注 说明 填表说明 填写说明 使用说明 填报说明 注 附注 note notes remark remarks legend"

# A row of hints right below the headings: every cell in it is one of these (or a unit in brackets).
HINTS = """必填 选填 非必填 必填项 选填项 下拉 下拉选择 单选 多选 自动计算 自动生成 请填写 请选择
        示例 格式 单位 文本 数字 日期 文字 人员 小时 分钟 天 人天 h min 1-5 1~5 1－5 高/中/低 高中低
        是/否 yyyy-mm-dd yyyy/mm/dd yyyy/m/d required optional text number date"""

# Cells that say "nothing", in any column.
NOTHING = """- -- — —— – / \\ 无 無 没有 暂无 暂缺 空 不适用 n/a na none nil null 〇 ~ . 。"""

# Owners that are not yet known.
NOBODY = "待定 待分配 未分配 未定 待确认 待指派 tbd tba tbc unassigned"

# Brackets after a name that tell a part, not the person.
PARTS = """主 主责 主负责 负责 负责人 牵头 主办 协 协助 协办 配合 参与 支持 审批 a r c i 等 a角 b角
        owner lead support"""

# word -> relevance, used where a column holds words instead of 1 to 5
RELEVANCE_WORDS: dict[int, str] = {
    5: "高 很高 极高 非常高 非常重要 极重要 核心 强 强相关 强关联 high veryhigh critical",
    4: "较高 中高 重要 比较重要 mediumhigh important",
    3: "中 中等 一般 普通 适中 medium normal moderate",
    2: "较低 中低 次要 不太重要 mediumlow minor",
    1: "低 很低 极低 不重要 弱 弱相关 弱关联 无关 low verylow none",
}

# urgency -> its words
URGENCY_WORDS: dict[str, str] = {
    "high": """高 紧急 急 特急 加急 非常紧急 很急 很紧急 十分紧急 极急 火急 最高 较高 很高 极高 立即
        马上 是 h high highest urgent veryurgent critical blocker immediate asap p0 p1 a a级 a类
        一级 高优先级 高优 !!! 红 veryhigh hot major""",
    "medium": """中 中等 一般 普通 正常 常规 较急 适中 m medium mid normal moderate p2 b b级 b类
        二级 中优先级 中优 !! 黄 average standard""",
    "low": """低 不紧急 不急 不太急 缓 可缓 较低 最低 很低 宽松 否 l low lowest minor trivial notlow
        noturgent p3 p4 c c级 c类 三级 低优先级 低优 ! 绿 verylow whenever""",
}

YES = "是 对 可 可以 能 有 允许 √ ✓ ✔ ☑ ✅ y yes true t 1 v on 可拆分 可拆 支持 需要"
NO = (
    "否 不 不可 不可以 不能 不行 无 没有 不允许 × ✗ ✘ ☒ ❌ x n no false f 0 off 不可拆分 不可拆 不支持 不需要"
)

# status code -> its words; □ and ☑ before them do not count
STATUS_WORDS: dict[str, str] = {
    "not_started": """未开始 待开始 未启动 待启动 未进行 待处理 待办 计划中 未执行 待执行 新建
        否 notstarted todo open new backlog pending planned selectedfordevelopment""",
    "in_progress": """进行中 处理中 执行中 推进中 开展中 已开始 跟进中 正在进行 inprogress doing
        started active ongoing wip inreview""",
    "done": """已完成 完成 是 已办结 办结 已结束 结束 已关闭 已上线 已交付 done completed complete
        closed finished resolved""",
    "delayed": "延期 已延期 逾期 已逾期 延迟 超期 滞后 late delayed overdue",
    "blocked": "阻塞 受阻 卡住 暂停 挂起 搁置 blocked onhold paused waiting",
    "cancelled": "已取消 取消 作废 终止 cancelled canceled wontdo wontfix dropped",
}

# Traditional and variant characters of headings and short answers, and what they are read as.
VARIANTS = dict(
    zip(
        "務標題責負經辦預時間優級緊關聯狀態備註執項編號屬門協準際類別簽計劃數總單週進東參與員導報審覈電話郵費額長"
        "開實結終啟點鏈發範圍統價誌記錄續對應難無還沒會議體組隊專業內產質驗達標詳細說補檔願該約個兩萬後幹當"
        "擔領牽頭處際稱來讓過這邊將資訊佈從圖買賣動鍵問議筆辭麼爲為於並歸衝築遲遞遠運輸適選針鐘閉閱險雜離須頁頂順顧顯",
        "务标题责负经办预时间优级紧关联状态备注执项编号属门协准际类别签计划数总单周进东参与员导报审核电话邮费额长"
        "开实结终启点链发范围统价志记录续对应难无还没会议体组队专业内产质验达标详细说补档愿该约个两万后干当"
        "担领牵头处际称来让过这边将资讯布从图买卖动键问议笔辞么为为于并归冲筑迟递远运输适选针钟闭阅险杂离须页顶顺顾显",
        strict=True,
    )
)
